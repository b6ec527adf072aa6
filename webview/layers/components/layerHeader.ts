import type { Faithfulness, LayerRecording, LayerSummary, MethodName } from '../../../src/protocol/model';
import { element, setAttributes, show, uniqueId, type Component } from '../../shared/element';
import { progressRing } from '../../shared/toolkit';
import { count, pair, strings } from '../strings';

export interface LayerHeaderProps {
  readonly method: MethodName;
  readonly collapsed: boolean;
  readonly busy: boolean;
  /** `null` where a table is all there is to choose. */
  readonly table: boolean | null;
}

export interface LayerHeaderOptions {
  readonly summary: LayerSummary;
  readonly recording: LayerRecording;
  readonly titleId: string;
  readonly bodyId: string;
  readonly onCollapse: () => void;
  readonly onTable: () => void;
  readonly onSource: () => void;
}

/** Name, figures and faithfulness of a layer. The figures never change, only the method and the toggles do. */
export function createLayerHeader(options: LayerHeaderOptions): Component<LayerHeaderProps> {
  const { summary, recording, titleId, bodyId, onCollapse, onTable, onSource } = options;
  const toggle = element(
    'button',
    { type: 'button', class: 'layer-toggle', 'aria-controls': bodyId, id: titleId },
    element('span', { class: 'chevron', 'aria-hidden': 'true' }),
    element('span', { class: 'layer-name' }, summary.label),
  );
  toggle.addEventListener('click', onCollapse);
  const table = element(
    'button',
    {
      type: 'button',
      class: 'plain-button',
      'data-testid': 'table-toggle',
      'aria-label': strings.layer.tableOf(summary.label),
    },
    strings.layer.table,
  );
  table.addEventListener('click', onTable);
  const source = element(
    'button',
    {
      type: 'button',
      class: 'plain-button',
      'data-testid': 'reveal-source',
      'aria-label': strings.layer.sourceOf(summary.label),
    },
    strings.layer.source,
  );
  source.addEventListener('click', onSource);
  const spinner = element('span', { class: 'layer-spinner', 'aria-hidden': 'true' });
  const badge = element('span', {});
  const reasons = element('div', {});
  let judged: MethodName | undefined;
  const judge = (method: MethodName) => {
    if (method === judged) return;
    judged = method;
    const list = faithfulnessReasons(summary.faithfulness[method]);
    reasons.replaceChildren(list);
    badge.replaceChildren(faithfulnessBadge(summary.label, summary.faithfulness[method], list));
  };
  const title = element(
    'div',
    { class: 'layer-title', title: strings.layer.sourceOf(summary.label) },
    element('h2', {}, toggle),
    element('span', { class: 'layer-op', title: summary.op }, summary.op),
    badge,
    spinner,
    element('span', { class: 'grow' }),
    source,
    table,
  );
  // The whole title leads to the code, around what does something else; for keys there is the button.
  title.addEventListener('click', ({ target }) => {
    if (!(target as Element).closest('button')) onSource();
  });
  const header = element('header', { class: 'layer-header' }, title, figures(summary, recording), reasons);
  return {
    element: header,
    update: (props) => {
      judge(props.method);
      setAttributes(toggle, { 'aria-expanded': String(!props.collapsed) });
      show(table, props.table !== null);
      setAttributes(table, { 'aria-pressed': String(props.table) });
      if (props.busy && spinner.childElementCount === 0) spinner.append(progressRing());
      if (!props.busy) spinner.replaceChildren();
    },
  };
}

function figures({ shape, receptiveField, parameters }: LayerSummary, { inactive, maxima }: LayerRecording) {
  const { output, field, stride, parameters: weights } = strings.layer;
  const figure = (name: string, value: string) =>
    element('div', { class: 'figure' }, element('dt', {}, name), element('dd', {}, value));
  return element(
    'dl',
    { class: 'figures' },
    figure(output, strings.layer.shape(shape)),
    figure(field, pair(receptiveField.size)),
    ...(receptiveField.stride.some((step) => step > 0) ? [figure(stride, pair(receptiveField.stride))] : []),
    figure(weights, count(parameters)),
    figure(strings.layer.inactive, strings.layer.inactiveOf(inactive, maxima.length)),
  );
}

function faithfulnessReasons({ nodes, status }: Faithfulness): HTMLElement {
  const { exactReason, node } = strings.layer;
  const items = nodes.map((entry) =>
    element('li', {}, element('b', {}, node(entry.node, entry.op)), ` ${entry.reason}`),
  );
  if (status === 'exact') items.unshift(element('li', {}, exactReason));
  return element('ul', { class: 'reasons', id: uniqueId('reasons'), hidden: true }, ...items);
}

function faithfulnessBadge(label: string, { status }: Faithfulness, reasons: HTMLElement): HTMLElement {
  const badge = element(
    'button',
    {
      type: 'button',
      class: `badge badge-${status}`,
      'data-testid': 'faithfulness',
      'aria-expanded': 'false',
      'aria-controls': reasons.id,
      title: strings.layer.reasons(label),
    },
    strings.layer.faithfulness[status],
  );
  badge.addEventListener('click', () => {
    show(reasons, reasons.hidden);
    setAttributes(badge, { 'aria-expanded': String(!reasons.hidden) });
  });
  return badge;
}
