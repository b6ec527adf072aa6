import type { Picture } from '../../../../src/core/imaging/preprocessing';
import type { Peer } from '../../../../src/protocol/contract';
import type { MethodName, ProjectedUnit } from '../../../../src/protocol/model';
import type { PanelHostContract } from '../../../../src/protocol/panelContract';
import { element, setAttributes, setText, show, type Component } from '../../../shared/element';
import { button } from '../../../shared/toolkit';
import type { DetailData, DetailProjection } from '../../detailSession';
import { mapGrid, type MapGrid } from '../../geometry';
import { rankMaps } from '../../maps';
import type { DetailView, DisplayScale } from '../../state/panelState';
import { number, strings } from '../../strings';
import { failureViews } from '../failureView';
import { baseName } from '../inputHeader';
import { createComparison, type ComparisonEntry } from './comparison';
import { copyPicture, savePicture } from './exporter';
import { createHeatView } from './heatView';
import { createOverlayView } from './overlayView';

export interface DetailProps {
  readonly data: DetailData;
  readonly input: Picture;
  readonly image: string;
  readonly scale: DisplayScale;
}

export interface DetailActions {
  readonly host: Peer<PanelHostContract>;
  readonly change: (view: Partial<DetailView>) => void;
  readonly close: () => void;
  readonly showLog: () => void;
}

export interface DetailPanel extends Component<DetailProps> {
  readonly focus: () => void;
}

/** One unit from all sides. */
export function createDetailPanel(actions: DetailActions): DetailPanel {
  const { change, close, showLog, host } = actions;
  let props: DetailProps | undefined;
  let grid: { readonly key: string; readonly grid: MapGrid } | undefined;

  const title = element('h2', { class: 'detail-title', tabindex: -1 });
  const step = (by: number) => {
    if (!props) return;
    const { layer, view } = props.data;
    const ranking = rankMaps(layer.recording);
    const map = ranking[ranking.indexOf(view.map) + by];
    if (map !== undefined) change({ map, position: null });
  };
  const previous = button({
    text: '‹',
    appearance: 'icon',
    label: strings.detail.previous,
    onClick: () => step(-1),
  });
  const next = button({ text: '›', appearance: 'icon', label: strings.detail.next, onClick: () => step(1) });
  const facts = createFacts(() => change({ position: null }));
  const overlay = createOverlayView();
  const heat = createHeatView((position) => change({ position }));
  const mapFailure = element('div', {});
  const comparison = createComparison(showLog);
  const compare = createCompareButtons(change);
  const exports = createExportButtons({
    host,
    canvas: () => comparison.canvas('own'),
    name: () => props && fileName(props),
  });
  const panel = element(
    'section',
    { class: 'detail', 'data-testid': 'detail', role: 'dialog', 'aria-labelledby': 'detail-title' },
    element(
      'header',
      { class: 'detail-header' },
      title,
      previous,
      next,
      element('span', { class: 'grow' }),
      button({
        text: '✕',
        appearance: 'icon',
        label: strings.detail.close,
        onClick: close,
        testId: 'detail-close',
      }),
    ),
    facts.element,
    element('div', { class: 'views' }, overlay.element, heat.element),
    mapFailure,
    element('h3', {}, strings.detail.sameBox),
    comparison.element,
    compare.element,
    exports.element,
  );
  title.id = 'detail-title';

  return {
    element: panel,
    focus: () => title.focus({ preventScroll: true }),
    update: (current) => {
      props = current;
      const { data, input, scale } = current;
      const { view, layer, featureMap, position, activation } = data;
      const { label } = layer.summary;
      setText(title, strings.detail.label(label, view.map));
      const ranking = rankMaps(layer.recording);
      previous.disabled = ranking[0] === view.map;
      next.disabled = ranking[ranking.length - 1] === view.map;
      const unit = firstUnit(data);
      grid = gridOf(current, unit) ?? (grid?.key === label ? grid : undefined);
      facts.update({ data, unit });
      const scaleOf = scaleFor(data, scale);
      overlay.update({ input, unit, scale: unit ? scaleOf(unit) : 0 });
      heat.update({
        input,
        featureMap: featureMap?.status === 'ok' ? featureMap.value : null,
        grid: grid?.grid ?? null,
        position,
        label: strings.detail.heatLabel(label, view.map, position, activation ?? NaN),
      });
      const failed = featureMap?.status === 'failed' ? failureViews(featureMap.failure, { showLog }) : [];
      mapFailure.replaceChildren(...failed);
      comparison.update({ entries: entriesOf(data), input, scaleOf });
      compare.update(data);
    },
  };
}

/** The panel's own projection; it also says where the unit's receptive field is. */
function firstUnit({ projections }: DetailData): ProjectedUnit | null {
  const slot = projections[0]?.slot;
  return slot?.status === 'ok' ? slot.value : null;
}

function gridOf({ data, input }: DetailProps, unit: ProjectedUnit | null) {
  const { summary } = data.layer;
  if (!unit) return undefined;
  const map = { height: summary.shape[1] ?? 1, width: summary.shape[2] ?? 1 };
  return { key: summary.label, grid: mapGrid(map, summary.receptiveField.stride, unit, input) };
}

/** Full contrast: the picture's own, or shared by all pictures beside each other. */
function scaleFor({ projections, other }: DetailData, scale: DisplayScale): (unit: ProjectedUnit) => number {
  if (scale === 'tile') return (unit) => unit.tile?.quantile ?? 0;
  const slots = [...projections, ...(other ? [other] : [])].map(({ slot }) => slot);
  const quantiles = slots.map((slot) => (slot?.status === 'ok' ? (slot.value.tile?.quantile ?? 0) : 0));
  const shared = Math.max(0, ...quantiles);
  return () => shared;
}

function entriesOf({ projections, other, method }: DetailData): ComparisonEntry[] {
  const entry = ({ method: name, slot }: DetailProjection): ComparisonEntry => ({
    key: name === method ? 'own' : name,
    caption: strings.toolbar.methods[name],
    hint: '',
    slot,
    kind: 'projection',
  });
  const patch = {
    key: 'patch',
    caption: strings.tile.patch,
    hint: '',
    slot: projections[0]?.slot,
    kind: 'patch',
  } as const;
  const control: ComparisonEntry[] = other
    ? [
        {
          key: 'other',
          caption: strings.detail.otherCaption(other.map),
          hint: strings.detail.otherHint(other.map, other.seed),
          slot: other.slot,
          kind: 'projection',
        },
      ]
    : [];
  const [own, ...others] = projections.map(entry);
  return [...(own ? [own] : []), patch, ...control, ...others];
}

function createFacts(
  toMaximum: () => void,
): Component<{ readonly data: DetailData; readonly unit: ProjectedUnit | null }> {
  const value = () => element('dd', {});
  const [activation, position, box] = [value(), value(), value()];
  const back = button({ text: strings.detail.toMaximum, onClick: toMaximum });
  const { detail } = strings;
  return {
    element: element(
      'div',
      { class: 'detail-facts' },
      element(
        'dl',
        { class: 'figures' },
        element('div', { class: 'figure' }, element('dt', {}, detail.activation), activation),
        element('div', { class: 'figure' }, element('dt', {}, detail.position), position),
        element('div', { class: 'figure' }, element('dt', {}, detail.boxed), box),
      ),
      back,
    ),
    update: ({ data, unit }) => {
      const atMaximum = data.view.position === null;
      setText(activation, data.activation === null ? strings.table.unknown : number(data.activation));
      const place = detail.positionText(data.position);
      setText(position, atMaximum ? `${place}, ${detail.positionOfMaximum}` : place);
      setText(box, unit ? strings.table.box(unit.receptiveField) : strings.table.unknown);
      show(back, !atMaximum);
    },
  };
}

function createCompareButtons(change: DetailActions['change']): Component<DetailData> {
  let data: DetailData | undefined;
  const methods = (Object.keys(strings.toolbar.methods) as MethodName[]).map((method) => {
    const toggle = button({
      text: strings.toolbar.methods[method],
      testId: `compare-${method}`,
      onClick: () => {
        const compare = data?.view.compare ?? [];
        change({
          compare: compare.includes(method)
            ? compare.filter((other) => other !== method)
            : [...compare, method],
        });
      },
    });
    return { method, toggle };
  });
  const other = button({
    text: strings.detail.other,
    testId: 'same-switches',
    onClick: () => change({ draw: (data?.view.draw ?? 0) + 1 }),
  });
  const line = element(
    'div',
    { class: 'detail-buttons', role: 'group', 'aria-label': strings.detail.compare },
    element('span', { class: 'muted' }, strings.detail.compare),
    ...methods.map(({ toggle }) => toggle),
    other,
  );
  return {
    element: line,
    update: (next) => {
      data = next;
      for (const { method, toggle } of methods) {
        show(toggle, method !== next.method);
        setAttributes(toggle, { 'aria-pressed': String(next.view.compare.includes(method)) });
      }
      other.disabled = next.layer.recording.maxima.length < 2 || !((next.activation ?? 0) > 0);
    },
  };
}

interface ExportOptions {
  readonly host: Peer<PanelHostContract>;
  readonly canvas: () => HTMLCanvasElement | null;
  readonly name: () => string | undefined;
}

function createExportButtons({ host, canvas, name }: ExportOptions): { readonly element: HTMLElement } {
  const message = element('span', { class: 'export-message', role: 'status' });
  const run = async (action: (picture: HTMLCanvasElement) => Promise<string>) => {
    const picture = canvas();
    message.textContent = picture ? await action(picture) : strings.detail.nothingToSave;
  };
  return {
    element: element(
      'div',
      { class: 'detail-buttons' },
      button({
        text: strings.detail.savePng,
        testId: 'save-png',
        onClick: () => void run((picture) => savePicture(host, picture, name() ?? 'projection.png')),
      }),
      button({ text: strings.detail.copy, testId: 'copy', onClick: () => void run(copyPicture) }),
      message,
    ),
  };
}

/** `cat-conv3-map12-deconvnet.png`; the host makes it a valid name for its file system. */
function fileName({ image, data }: DetailProps): string {
  const { view, method, position } = data;
  const at = view.position === null ? '' : `-at${position.join('x')}`;
  return `${baseName(image).replace(/\.[^.]+$/, '')}-${view.layer}-map${view.map}${at}-${method}.png`;
}
