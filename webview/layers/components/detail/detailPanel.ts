import type { Picture } from '../../../../src/core/imaging/preprocessing';
import type { Peer } from '../../../../src/protocol/contract';
import type { ProjectedUnit } from '../../../../src/protocol/model';
import type { PanelHostContract } from '../../../../src/protocol/panelContract';
import { element, setText, show, type Component } from '../../../shared/element';
import type { DetailData, DetailProjection } from '../../detailSession';
import { centredGrid, mapGrid, type MapGrid } from '../../geometry';
import type { DetailView, DisplayScale } from '../../state/panelState';
import { strings } from '../../strings';
import { failureViews } from '../../../shared/failureView';
import { baseName } from '../../../shared/baseName';
import { createComparison, type ComparisonEntry } from './comparison';
import { createCompareButtons } from './compareButtons';
import { createDetailFacts } from './detailFacts';
import { createDetailHeader, DETAIL_TITLE } from './detailHeader';
import { createExportButtons } from './exportButtons';
import { createHeatView } from './heatView';
import { createOverlayView } from '../../../shared/overlayView';

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

  const header = createDetailHeader(change, close);
  const facts = createDetailFacts(() => change({ position: null }));
  const overlay = createOverlayView();
  const heat = createHeatView((position) => change({ position }));
  const mapFailure = element('div', {});
  const comparison = createComparison(showLog);
  const inactiveNote = element('p', {}, strings.detail.inactive);
  const otherHint = element('p', { class: 'muted', role: 'status' });
  const compare = createCompareButtons(change);
  const exports = createExportButtons({
    host,
    canvas: () => comparison.canvas('own'),
    name: () => props && fileName(props),
  });
  const panel = element(
    'section',
    { class: 'detail', 'data-testid': 'detail', role: 'dialog', 'aria-labelledby': DETAIL_TITLE },
    header.element,
    facts.element,
    element('div', { class: 'views' }, overlay.element, heat.element),
    mapFailure,
    element('h3', {}, strings.detail.sameBox),
    element('div', { class: 'detail-actions' }, compare.element, exports.element),
    inactiveNote,
    comparison.element,
    otherHint,
  );

  return {
    element: panel,
    focus: () => header.focus(),
    update: (current) => {
      props = current;
      const { data, input, scale } = current;
      const { view, layer, featureMap, position, activation } = data;
      const { label } = layer.summary;
      header.update(data);
      const unit = firstUnit(data);
      facts.update({ data, unit });
      const scaleOf = scaleFor(data, scale);
      overlay.update({ input, unit, scale: unit ? scaleOf(unit) : 0 });
      heat.update({
        input,
        featureMap: featureMap?.status === 'ok' ? featureMap.value : null,
        grid: gridOf(current),
        position,
        label: strings.detail.heatLabel(label, view.map, position, activation ?? NaN),
      });
      const failed = featureMap?.status === 'failed' ? failureViews(featureMap.failure, { showLog }) : [];
      mapFailure.replaceChildren(...failed);
      setText(otherHint, data.other ? strings.detail.otherHint(data.other.map, data.other.seed) : '');
      show(otherHint, data.other !== null);
      const inactive = activation !== null && !(activation > 0);
      show(inactiveNote, inactive);
      show(comparison.element, !inactive);
      show(exports.element, !inactive);
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

/** Where the map's cells lie, from any unit of the layer; centred on the image as long as none is known. */
function gridOf({ data, input }: DetailProps): MapGrid {
  const { shape, receptiveField } = data.layer.summary;
  const map = { height: shape[1] ?? 1, width: shape[2] ?? 1 };
  return data.reference
    ? mapGrid(map, receptiveField.stride, data.reference, input)
    : centredGrid(map, receptiveField.stride, input);
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
    slot,
    kind: 'projection',
  });
  const patch = {
    key: 'patch',
    caption: strings.tile.patch,
    slot: projections[0]?.slot,
    kind: 'patch',
  } as const;
  const control: ComparisonEntry[] = other
    ? [
        {
          key: 'other',
          caption: strings.detail.otherCaption(other.map),
          slot: other.slot,
          kind: 'projection',
        },
      ]
    : [];
  const [own, ...others] = projections.map(entry);
  return [...(own ? [own] : []), patch, ...control, ...others];
}

/** `cat-conv3-map12-deconvnet.png`; the host makes it a valid name for its file system. */
function fileName({ image, data }: DetailProps): string {
  const { view, method, position } = data;
  const at = view.position === null ? '' : `-at${position.join('x')}`;
  return `${baseName(image).replace(/\.[^.]+$/, '')}-${view.layer}-map${view.map}${at}-${method}.png`;
}
