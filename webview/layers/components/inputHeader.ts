import type { ModelSummary, Prediction, RecordingSummary } from '../../../src/protocol/model';
import type { PanelName, PanelSubject } from '../../../src/protocol/panelContract';
import { element, setText, type Component } from '../../shared/element';
import { baseName } from '../../shared/baseName';
import { createImageChooser } from '../../shared/imageChooser';
import { percent } from '../../../src/core/report/numbers';
import { button } from '../../shared/toolkit';
import { paint } from '../../shared/canvas';
import type { Phase } from '../state/panelState';
import { strings } from '../strings';

export interface InputHeaderProps {
  readonly subject: PanelSubject | null;
  readonly recording: RecordingSummary | null;
  readonly phase: Phase;
}

export interface InputHeaderActions {
  readonly chooseModel: () => void;
  readonly chooseImage: () => void;
  readonly selectImage: (image: string) => void;
  readonly openPanel: (name: PanelName) => void;
  readonly writeSidecar: () => void;
}

/** What the network was shown and what it said: the image, the classes, the model, the preprocessing. */
export function createInputHeader(actions: InputHeaderActions): Component<InputHeaderProps> {
  const title = element('h1', { class: 'title' });
  const canvas = element('canvas', { class: 'input-image', role: 'img', 'data-testid': 'input-image' });
  const figure = element('div', { class: 'input-figure' }, canvas);
  const classes = element('div', { class: 'classes' });
  const facts = element('dl', { class: 'facts' });
  const warnings = element('div', { class: 'warnings' });
  const chooser = createImageChooser();
  const buttons = element(
    'div',
    { class: 'header-buttons' },
    chooser.element,
    button({ text: strings.input.chooseImage, onClick: actions.chooseImage }),
    button({ text: strings.input.chooseModel, onClick: actions.chooseModel }),
    button({
      text: strings.input.occlusion,
      onClick: () => actions.openPanel('occlusion'),
      testId: 'open-occlusion',
    }),
  );
  const header = element(
    'header',
    { class: 'panel-header' },
    figure,
    element('div', { class: 'header-main' }, title, classes, facts, buttons),
    warnings,
  );
  let before: InputHeaderProps | undefined;

  const drawRecording = (recording: RecordingSummary | null) => {
    figure.classList.toggle('empty', recording === null);
    if (recording) {
      paint(canvas, recording.input);
      const { height, width } = recording.input;
      canvas.setAttribute('aria-label', strings.input.canvas(height, width));
      canvas.classList.toggle('pixelated', Math.max(height, width) <= SMALL);
    }
    classes.replaceChildren(...(recording ? [topClasses(recording.top)] : []));
    facts.replaceChildren(...(recording ? factsOf(recording, actions) : []));
    const all = recording ? [...recording.model.warnings, ...recording.warnings] : [];
    warnings.replaceChildren(...(all.length > 0 ? [warningList(all)] : []));
  };

  return {
    element: header,
    update: (props) => {
      const { subject, recording, phase } = props;
      // Until the next picture has run, the last one stays in place, dimmed, and nothing jumps.
      const waiting = recording === null && phase === 'recording';
      header.classList.toggle('stale', waiting);
      if (!before || (!waiting && before.recording !== recording)) {
        drawRecording(recording);
        before = props;
      }
      if (!subject) return;
      setText(title, titleOf(subject, recording));
      title.title = subject.model;
      chooser.update({ subject, select: actions.selectImage });
    },
  };
}

/** Inputs up to this size are shown with crisp pixels. */
const SMALL = 64;

function titleOf(subject: PanelSubject, recording: RecordingSummary | null): string {
  return strings.input.heading(baseName(subject.image), recording?.model.name ?? baseName(subject.model));
}

function topClasses(top: readonly Prediction[]): HTMLElement {
  if (top.length === 0) return element('p', { class: 'muted' }, strings.input.noClassifier);
  return element(
    'ol',
    { class: 'top-labels', 'data-testid': 'top-labels', 'aria-label': strings.input.top },
    ...top.map(topClass),
  );
}

function topClass({ label, probability }: Prediction): HTMLElement {
  const bar = element(
    'span',
    { class: 'bar', 'aria-hidden': 'true' },
    element('span', { class: 'bar-fill' }),
  );
  (bar.firstElementChild as HTMLElement).style.width = `${100 * probability}%`;
  return element(
    'li',
    {},
    element('span', { class: 'class-label', title: label }, label),
    bar,
    element('span', { class: 'class-probability' }, percent(probability)),
  );
}

function factsOf(
  { model, forwardMs }: RecordingSummary,
  { writeSidecar }: InputHeaderActions,
): HTMLElement[] {
  const { input } = strings;
  return [
    ...fact(input.runtime, `${model.runtime} · ${input.forward(forwardMs)}`),
    ...fact(input.preprocessing, preprocessing(model, writeSidecar)),
  ];
}

function fact(name: string, value: Node | string): HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

function preprocessing(
  { preprocessingOrigin: origin, preprocessingReason: reason }: ModelSummary,
  writeSidecar: () => void,
): HTMLElement {
  const guessed = origin === 'guessed';
  return element(
    'span',
    { class: 'preprocessing' },
    element('span', { class: `origin origin-${origin}` }, strings.input.origin[origin]),
    element('span', { class: 'reason' }, reason),
    guessed
      ? button({ text: strings.input.writeSidecar, onClick: writeSidecar, testId: 'write-sidecar' })
      : null,
  );
}

function warningList(warnings: readonly string[]): HTMLElement {
  return element(
    'details',
    { class: 'warning-list', open: warnings.length < 3 },
    element('summary', {}, strings.input.warnings(warnings.length)),
    element('ul', {}, ...warnings.map((warning) => element('li', {}, warning))),
  );
}
