import { element, setAttributes, setText, show, type Component } from './element';
import type { ExperimentPhase, ExperimentState } from './experimentSession';
import { duration } from '../../src/core/report/numbers';
import { sharedStrings } from './strings';
import { button, progressRing } from './toolkit';

/** How far a run is, in whatever is counted. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
}

/** What of an experiment's state is told. */
type RunState = Pick<ExperimentState, 'phase' | 'step'>;

export interface RunBarProps {
  readonly state: RunState;
  readonly progress: RunProgress | null;
}

export interface RunBar extends Component<RunBarProps> {
  /** What a screen reader should hear: the turns of events, not every step. */
  readonly announcement: () => string;
}

/** Where the run is, how long it will take, and the buttons that start and stop it. */
export function createRunBar(actions: { readonly run: () => void; readonly pause: () => void }): RunBar {
  const ring = progressRing({ 'aria-hidden': 'true' });
  const sentence = element('span', { class: 'progress-text', 'data-testid': 'progress' });
  const bar = element('progress', { max: 1, 'aria-label': sharedStrings.run.progress });
  const { run } = sharedStrings;
  const pause = button({ text: run.pause, onClick: actions.pause, testId: 'pause' });
  const start = button({ text: run.start, onClick: actions.run, appearance: 'primary', testId: 'start' });
  const line = element('div', { class: 'progress' }, ring, bar, sentence, pause, start);
  const eta = createEta();
  let announced = '';
  return {
    element: line,
    announcement: () => announced,
    update: ({ state, progress }) => {
      const { phase } = state;
      const seconds = eta(phase, progress);
      setText(sentence, runSentence(state, progress, seconds));
      if (progress) bar.value = progress.total > 0 ? progress.done / progress.total : 0;
      show(bar, progress !== null && (phase === 'running' || phase === 'paused'));
      show(ring, phase === 'starting' || phase === 'recording' || (phase === 'running' && !progress));
      show(pause, phase === 'running');
      show(start, phase === 'paused' || phase === 'waiting');
      setText(start, phase === 'paused' ? run.resume : run.start);
      setAttributes(line, { 'data-phase': phase });
      announced = run.phases[phase];
    },
  };
}

function runSentence(
  { phase, step }: RunState,
  progress: RunProgress | null,
  seconds: number | null,
): string {
  const { run } = sharedStrings;
  if (phase === 'recording') return step ? sharedStrings.steps[step] : run.phases.starting;
  if (!progress || phase === 'waiting') return run.phases[phase];
  const counted = run.counted(progress.done, progress.total);
  if (phase === 'running') return seconds === null ? counted : `${counted} · ${run.left(duration(seconds))}`;
  return phase === 'done' ? counted : `${run.phases[phase]} ${counted}`;
}

/** Seconds left, from the pace since the run went on; `null` until that says something. */
function createEta(): (phase: ExperimentPhase, progress: RunProgress | null) => number | null {
  let since: { readonly time: number; readonly done: number; readonly total: number } | null = null;
  return (phase, progress) => {
    if (phase !== 'running' || !progress) {
      since = null;
      return null;
    }
    if (since?.total !== progress.total || progress.done < since.done) {
      since = { time: performance.now(), done: progress.done, total: progress.total };
    }
    const done = progress.done - since.done;
    const seconds = (performance.now() - since.time) / 1000;
    return done > 0 && seconds > 0.5 ? ((progress.total - progress.done) * seconds) / done : null;
  };
}
