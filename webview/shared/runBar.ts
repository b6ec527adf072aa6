import { element, setAttributes, setText, show, type Component } from './element';
import type { ExperimentState } from './experimentSession';
import { duration } from '../../src/core/report/numbers';
import { createStopwatch, type Pace } from '../../src/core/report/pace';
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
  const watch = createStopwatch(() => performance.now());
  let announced = '';
  return {
    element: line,
    announcement: () => announced,
    update: ({ state, progress }) => {
      const { phase } = state;
      if (phase !== 'running' || !progress) watch.rest();
      const pace = phase === 'running' && progress ? watch.pace(progress) : null;
      setText(sentence, runSentence(state, progress, pace));
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

function runSentence({ phase, step }: RunState, progress: RunProgress | null, pace: Pace | null): string {
  const { run } = sharedStrings;
  if (phase === 'recording') return step ? sharedStrings.steps[step] : run.phases.starting;
  if (!progress || phase === 'waiting') return run.phases[phase];
  const counted = run.counted(progress.done, progress.total);
  if (phase === 'running') return pace ? `${counted} · ${run.left(duration(pace.secondsLeft))}` : counted;
  return phase === 'done' ? counted : `${run.phases[phase]} ${counted}`;
}
