import type { RecordingSummary } from '../../../src/protocol/model';
import { element, placeInOrder } from '../../shared/element';
import { tileLayout, type TileLayout } from '../geometry';
import { classNames, layersOf } from '../layer';
import { createPaintQueue } from '../paintQueue';
import type { ScrollAnchor } from '../state/persisted';
import { displayScale, layerStatus, layerView, type PanelState } from '../state/panelState';
import { strings } from '../strings';
import type { TileCache } from '../tileCache';
import type { Viewport } from '../viewport';
import { createLayerSection, type LayerActions, type LayerSection } from './layerSection';
import { focusTile, handleRowKeys } from './rowKeys';

export interface LayerListOptions {
  readonly cache: TileCache;
  readonly viewport: Viewport;
  readonly scroller: HTMLElement;
  readonly actions: LayerActions;
  /** The width changed: draw again. */
  readonly onResize: () => void;
}

/** Left and right of every section; the style sheet agrees. */
const GUTTER = 16;

export interface LayerList {
  readonly element: HTMLElement;
  readonly update: (state: PanelState) => void;
  readonly focusTile: (layer: string, map: number) => void;
  /** The layer at the upper edge; `null` at the very top. */
  readonly anchor: () => ScrollAnchor | null;
  readonly scrollTo: (anchor: ScrollAnchor) => void;
}

/** All layers in network order. */
export function createLayerList(options: LayerListOptions): LayerList {
  const { cache, viewport, scroller, actions, onResize } = options;
  const list = element('div', {
    class: 'layers',
    id: 'layers',
    role: 'region',
    'aria-label': strings.layer.list,
    tabindex: -1,
  });
  const paints = createPaintQueue();
  let sections = new Map<string, LayerSection>();
  let recording: RecordingSummary | null = null;
  let layout: TileLayout = tileLayout(600);

  new ResizeObserver(([entry]) => {
    const next = tileLayout((entry?.contentRect.width ?? 600) - 2 * GUTTER);
    if (next.columns === layout.columns && next.frame === layout.frame) return;
    layout = next;
    onResize();
  }).observe(list);
  handleRowKeys(list, { sections: () => [...sections.values()], columns: () => layout.columns });

  const build = (next: RecordingSummary | null) => {
    recording = next;
    viewport.clear();
    sections = new Map();
    for (const [label, layer] of next ? layersOf(next) : []) {
      const names = classNames(next!, layer);
      const section = createLayerSection({ layer, input: next!.input, cache, paints, actions, names });
      sections.set(label, section);
      viewport.observe(section.element, label);
    }
    placeInOrder(
      list,
      [...sections.values()].map(({ element: section }) => section),
    );
  };

  const update = (state: PanelState) => {
    if (state.recording !== recording) build(state.recording);
    const scale = displayScale(state);
    for (const [label, section] of sections) {
      section.update({
        view: layerView(state, label),
        status: layerStatus(state, label),
        method: state.method,
        scale,
        tables: state.tables,
        busy: state.busy.includes(label),
        near: viewport.near.has(label),
        layout,
        selected: state.detail?.layer === label ? state.detail.map : null,
      });
    }
  };

  return {
    element: list,
    update,
    focusTile: (layer, map) => {
      const tiles = sections.get(layer)?.tiles() ?? [];
      const tile = tiles.find(({ dataset }) => dataset.map === String(map)) ?? tiles[0];
      if (tile) focusTile(tile);
    },
    anchor: () => {
      // The viewport knows which one it is; asking every section for its place would cost a frame.
      const [label, section] = [...sections].find(([layer]) => viewport.visible.has(layer)) ?? [];
      if (!section || label === undefined) return null;
      const offset = scroller.scrollTop - section.element.offsetTop;
      return offset < 0 ? null : { layer: label, offset };
    },
    scrollTo: ({ layer, offset }) => {
      const section = sections.get(layer);
      if (section) scroller.scrollTop = section.element.offsetTop + offset;
    },
  };
}
