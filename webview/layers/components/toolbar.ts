import type { MethodName } from '../../../src/protocol/model';
import { element, setAttributes, setText, show, type Component } from '../../shared/element';
import { button, checkbox, dropdown, progressRing, type Choice } from '../../shared/toolkit';
import type { DisplayScale, Phase, RecordStep } from '../state/panelState';
import { strings } from '../strings';
import { createLegend } from './legend';

export interface ToolbarProps {
  readonly method: MethodName;
  readonly scale: DisplayScale;
  readonly tables: boolean;
  readonly phase: Phase;
  readonly step: RecordStep | null;
  readonly busy: readonly string[];
  readonly done: number;
  readonly total: number;
}

export interface ToolbarActions {
  readonly setMethod: (method: MethodName) => void;
  readonly setScale: (scale: DisplayScale) => void;
  readonly setTables: (tables: boolean) => void;
  readonly cancel: () => void;
  readonly resume: () => void;
}

/** The choices for all layers, and what is going on. Stays at the top edge, so that Cancel is always in reach. */
export function createToolbar(actions: ToolbarActions): Component<ToolbarProps> {
  const methods = dropdown({
    label: strings.toolbar.method,
    choices: choicesOf(strings.toolbar.methods),
    selected: 'deconvnet',
    onChange: actions.setMethod,
    testId: 'method-select',
  });
  const scales = dropdown({
    label: strings.toolbar.scale,
    choices: choicesOf(strings.toolbar.scales),
    selected: 'tile',
    onChange: actions.setScale,
    testId: 'scale-select',
  });
  const tables = checkbox({
    text: strings.toolbar.tables,
    checked: false,
    onChange: actions.setTables,
    testId: 'tables-toggle',
  });
  const legend = createLegend();
  const progress = createProgress(actions);
  const toolbar = element(
    'div',
    { class: 'toolbar', role: 'region', 'aria-label': strings.toolbar.label },
    element('div', { class: 'toolbar-choices' }, methods, scales, tables, legend.button),
    progress.element,
    legend.element,
  );
  return {
    element: toolbar,
    update: (props) => {
      if (methods.value !== props.method) methods.value = props.method;
      if (scales.value !== props.scale) scales.value = props.scale;
      if (tables.checked !== props.tables) tables.checked = props.tables;
      progress.update(props);
    },
  };
}

function choicesOf<T extends string>(texts: Readonly<Record<T, string>>): Choice<T>[] {
  return (Object.keys(texts) as T[]).map((value) => ({ value, text: texts[value] }));
}

type ProgressProps = Pick<ToolbarProps, 'phase' | 'step' | 'busy' | 'done' | 'total'>;

function createProgress({
  cancel,
  resume,
}: Pick<ToolbarActions, 'cancel' | 'resume'>): Component<ProgressProps> {
  const ring = progressRing({ 'aria-hidden': 'true' });
  const sentence = element('span', { class: 'progress-text', 'data-testid': 'progress' });
  const cancelButton = button({ text: strings.progress.cancel, onClick: cancel, testId: 'cancel' });
  const resumeButton = button({
    text: strings.progress.resume,
    onClick: resume,
    appearance: 'primary',
    testId: 'resume',
  });
  const line = element('div', { class: 'progress' }, ring, sentence, cancelButton, resumeButton);
  return {
    element: line,
    update: (props) => {
      const { phase } = props;
      const working =
        phase === 'starting' || phase === 'recording' || (phase === 'projecting' && props.busy.length > 0);
      setText(sentence, progressSentence(props));
      sentence.title = progressTitle(props);
      show(ring, working);
      show(cancelButton, working && phase !== 'starting');
      show(resumeButton, phase === 'cancelled');
      setAttributes(line, { 'data-phase': phase, 'data-busy': props.busy.length });
    },
  };
}

/** The sentence in full, where the line has no room for it. */
function progressTitle({ phase, busy, done, total }: ProgressProps): string {
  return phase === 'projecting' && busy.length > 0
    ? strings.progress.projectingTitle(busy[0]!, done, total)
    : '';
}

function progressSentence({ phase, step, busy, done, total }: ProgressProps): string {
  const { progress } = strings;
  switch (phase) {
    case 'starting':
      return progress.starting;
    case 'recording':
      return step ? progress.steps[step] : progress.starting;
    case 'projecting':
      return busy.length > 0 ? progress.projecting(busy[0]!, done, total) : progress.done(total);
    case 'cancelled':
      return progress.cancelled;
    case 'down':
    case 'failed':
      return '';
  }
}
