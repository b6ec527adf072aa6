import type { Picture } from '../../../src/core/imaging/preprocessing';
import type { MethodName } from '../../../src/protocol/model';
import {
  element,
  placeInOrder,
  setAttributes,
  setText,
  show,
  uniqueId,
  type Component,
} from '../../shared/element';
import { button, textField } from '../../shared/toolkit';
import { rowHeight, type TileLayout } from '../geometry';
import { isActive, maximumOf, shownMaps } from '../maps';
import type { PaintQueue } from '../paintQueue';
import type { Layer } from '../layer';
import type { DisplayScale, LayerStatus, LayerView } from '../state/panelState';
import { strings } from '../strings';
import type { TileCache } from '../tileCache';
import { failureView } from '../../shared/failureView';
import { createLayerHeader } from './layerHeader';
import { layerTable, type TableRow } from './layerTable';
import { createTile, type Tile } from './tile';

export interface LayerSectionProps {
  readonly view: LayerView;
  readonly status: LayerStatus;
  readonly method: MethodName;
  readonly scale: DisplayScale;
  readonly tables: boolean;
  readonly busy: boolean;
  /** Near enough to the viewport to be drawn. */
  readonly near: boolean;
  readonly layout: TileLayout;
  /** The map whose detail is open. */
  readonly selected: number | null;
}

export interface LayerSectionOptions {
  readonly layer: Layer;
  readonly input: Picture;
  readonly cache: TileCache;
  readonly paints: PaintQueue;
  readonly actions: LayerActions;
  /** Names of units that are classes. */
  readonly names: ReadonlyMap<number, string>;
}

export interface LayerActions {
  readonly setView: (layer: string, view: Partial<LayerView>) => void;
  readonly more: (layer: string) => void;
  readonly addMap: (layer: string, map: number) => void;
  readonly open: (layer: string, map: number) => void;
  readonly retry: (layer: string) => void;
  /** Shows the line of code that defines the layer. */
  readonly revealSource: (layer: string) => void;
  readonly showLog: () => void;
}

export interface LayerSection extends Component<LayerSectionProps> {
  /** The tiles in order, drawn now if they were not; none while collapsed, refused or shown as a table. */
  readonly tiles: () => readonly HTMLButtonElement[];
}

/** Height of the line with "More" under the tiles. */
const FOOTER = 34;

export function createLayerSection(options: LayerSectionOptions): LayerSection {
  const { layer, actions } = options;
  const { label } = layer.summary;
  const titleId = uniqueId('layer');
  const bodyId = uniqueId('layer-body');
  const isRefused = ({ method }: LayerSectionProps) =>
    layer.summary.faithfulness[method].status === 'refused';
  let props: LayerSectionProps | undefined;
  const header = createLayerHeader({
    ...layer,
    titleId,
    bodyId,
    onCollapse: () => props && actions.setView(label, { collapsed: !props.view.collapsed }),
    onSource: () => actions.revealSource(label),
    onTable: () => props && actions.setView(label, { table: !props.view.table }),
  });
  const body = element('div', { class: 'layer-body', id: bodyId });
  const section = element(
    'section',
    { class: 'layer', 'data-testid': 'layer-section', 'data-layer': label, 'aria-labelledby': titleId },
    header.element,
    body,
  );
  let row: Row | undefined;
  /** The method whose refusal stands in the row's place. */
  let refusedMethod: MethodName | undefined;

  const mount = (next: LayerSectionProps) => {
    body.style.minHeight = '';
    row ??= createRow(options, body);
    row.update(next);
  };

  const unmount = (next: LayerSectionProps) => {
    const tiles = shownMaps(layer.recording, next.view).length;
    const table = next.tables || next.view.table;
    // A table's lines are as high as the font makes them: what was measured is better than a guess.
    const height = table && row ? body.offsetHeight : rowHeight(next.layout, tiles) + FOOTER;
    row?.dispose();
    row = undefined;
    body.replaceChildren();
    body.style.minHeight = `${height}px`;
  };

  const refuse = ({ method }: LayerSectionProps) => {
    if (refusedMethod === method) return;
    refusedMethod = method;
    row?.dispose();
    row = undefined;
    body.style.minHeight = '';
    body.replaceChildren(...refusal(layer, method));
  };

  const clearRefusal = () => {
    if (refusedMethod !== undefined) body.replaceChildren();
    refusedMethod = undefined;
  };

  return {
    element: section,
    update: (next) => {
      if (props && sameProps(props, next)) return;
      props = next;
      header.update({
        method: next.method,
        collapsed: next.view.collapsed,
        busy: next.busy,
        table: next.tables || isRefused(next) ? null : next.view.table,
      });
      show(body, !next.view.collapsed);
      if (next.view.collapsed) return;
      if (isRefused(next)) return refuse(next);
      clearRefusal();
      // A row that has the focus stays, however far it is scrolled away.
      if (next.near || body.contains(document.activeElement)) mount(next);
      else unmount(next);
    },
    tiles: () => {
      if (!props || props.view.collapsed || isRefused(props)) return [];
      if (!row) mount(props);
      return row?.tiles() ?? [];
    },
  };
}

function sameProps(a: LayerSectionProps, b: LayerSectionProps): boolean {
  return (Object.keys(a) as (keyof LayerSectionProps)[]).every((name) => a[name] === b[name]);
}

function refusal({ summary }: Layer, method: MethodName): readonly HTMLElement[] {
  const reasons = summary.faithfulness[method].nodes.map(({ node, op, reason }) =>
    element('li', {}, element('b', {}, strings.layer.node(node, op)), ` ${reason}`),
  );
  return [
    element('p', { class: 'refusal', 'data-testid': 'failure-message' }, strings.layer.refused),
    element('ul', { class: 'reasons' }, ...reasons),
  ];
}

interface Row {
  readonly update: (props: LayerSectionProps) => void;
  readonly tiles: () => readonly HTMLButtonElement[];
  readonly dispose: () => void;
}

/** The body of a section while it is near the viewport. */
function createRow(options: LayerSectionOptions, body: HTMLElement): Row {
  const { layer, cache, paints, input, actions, names } = options;
  const { label } = layer.summary;
  const total = layer.recording.maxima.length;
  const list = element('ul', { class: 'tiles', role: 'list', 'aria-label': strings.layer.row(label) });
  const table = element('div', { class: 'table' });
  const failure = element('div', {});
  const footer = createFooter(layer, actions);
  const tiles = new Map<number, Tile>();
  let order: readonly number[] = [];
  let shownFailure: LayerStatus['failure'] = null;
  list.addEventListener('click', (event) => {
    const map = event.target instanceof Element && event.target.closest<HTMLElement>('.tile')?.dataset.map;
    if (map) actions.open(label, Number(map));
  });
  body.replaceChildren(failure, list, table, footer.element);

  const updateTiles = (rows: readonly TableRow[], props: LayerSectionProps) => {
    const shared = Math.max(0, ...rows.map(({ map }) => cache.quantile(props.method, label, map)));
    list.style.setProperty('--columns', String(props.layout.columns));
    list.style.setProperty('--frame', `${props.layout.frame}px`);
    for (const tableRow of rows) {
      let tile = tiles.get(tableRow.map);
      if (!tile) {
        tile = createTile(paints);
        tiles.set(tableRow.map, tile);
      }
      const own = cache.quantile(props.method, label, tableRow.map);
      tile.update({
        ...tableRow,
        layer: label,
        name: names.get(tableRow.map) ?? '',
        scale: props.scale === 'layer' ? shared : own,
        input,
        frame: props.layout.frame,
        selected: props.selected === tableRow.map,
      });
    }
    const next = rows.map(({ map }) => map);
    if (next.join() !== order.join()) {
      order = next;
      placeInOrder(
        list,
        order.map((map) => tiles.get(map)!.element),
      );
    }
    // Exactly one tile of a row is in the tab order; the keyboard moves it.
    if (!list.querySelector('.tile[tabindex="0"]'))
      list.querySelector('.tile')?.setAttribute('tabindex', '0');
  };

  const updateFailure = ({ status }: LayerSectionProps) => {
    if (status.failure === shownFailure) return;
    shownFailure = status.failure;
    const retry = () => actions.retry(label);
    failure.replaceChildren(
      ...(status.failure ? [failureView(status.failure, { showLog: actions.showLog, retry })] : []),
    );
  };

  return {
    update: (props) => {
      const rows = tableRows(options, props);
      const asTable = props.tables || props.view.table;
      show(list, !asTable);
      show(table, asTable);
      if (asTable) table.replaceChildren(layerTable(label, rows));
      else updateTiles(rows, props);
      updateFailure(props);
      footer.update({ shown: rows.length, total });
    },
    tiles: () => (list.hidden ? [] : order.map((map) => tiles.get(map)!.button)),
    dispose: () => {
      for (const tile of tiles.values()) tile.dispose();
    },
  };
}

/** What there is to say about each map the layer shows. */
function tableRows({ layer, cache }: LayerSectionOptions, props: LayerSectionProps): TableRow[] {
  const { recording, summary } = layer;
  const { method, status } = props;
  return shownMaps(recording, props.view).map((map) => {
    const unit = cache.get(method, summary.label, map);
    const done = cache.has(method, summary.label, map) ? (unit?.status ?? 'ok') : null;
    const waiting = status.failure ? 'failed' : 'pending';
    return {
      map,
      activation: recording.maxima[map] ?? NaN,
      position: maximumOf(recording, summary.shape, map),
      status: isActive(recording, map) ? (done ?? waiting) : 'inactive',
      unit,
    };
  });
}

function createFooter(
  { summary, recording }: Layer,
  { more, addMap }: LayerActions,
): Component<{ readonly shown: number; readonly total: number }> {
  const { label } = summary;
  const total = recording.maxima.length;
  const shown = element('span', { class: 'muted', title: strings.layer.mapsTitle });
  const message = element('span', { class: 'field-message', role: 'alert' });
  const moreButton = button({
    text: strings.layer.more,
    label: strings.layer.moreOf(label),
    testId: 'more',
    onClick: () => more(label),
  });
  const field = textField({
    label: strings.layer.mapOf(label),
    placeholder: strings.layer.mapRange(total),
    testId: 'map-number',
    onSubmit: (value) => {
      const map = Number(value);
      const valid = value.trim() !== '' && Number.isInteger(map) && map >= 0 && map < total;
      setText(message, valid ? '' : strings.layer.noSuchMap(total));
      if (!valid) return;
      field.value = '';
      addMap(label, map);
    },
  });
  const footer = element(
    'div',
    { class: 'layer-footer' },
    shown,
    moreButton,
    element(
      'span',
      { class: 'map-field' },
      element('span', { 'aria-hidden': 'true' }, strings.layer.map),
      field,
    ),
    message,
  );
  return {
    element: footer,
    update: (props) => {
      setText(shown, strings.layer.maps(props.shown, props.total));
      show(moreButton, props.shown < props.total);
      setAttributes(footer, { 'data-shown': props.shown });
    },
  };
}
