import type { MethodName } from '../../../src/protocol/model';
import type { PanelSubject } from '../../../src/protocol/panelContract';
import {
  INITIAL_STATE,
  type DetailView,
  type DisplayScale,
  type LayerView,
  type PanelState,
} from './panelState';

/** The layer at the top edge and how far it is scrolled under that edge: stable when rows above change height. */
export interface ScrollAnchor {
  readonly layer: string;
  readonly offset: number;
}

/**
 * What survives a reload of the window. The host reads `subject` of it when it revives the panel; the rest belongs
 * to the view.
 */
export interface PersistedView {
  readonly version: 1;
  readonly subject: PanelSubject | null;
  readonly method: MethodName;
  readonly scale: DisplayScale | null;
  readonly tables: boolean;
  readonly views: readonly (readonly [layer: string, view: LayerView])[];
  readonly detail: DetailView | null;
  readonly scroll: ScrollAnchor | null;
}

export function toPersisted(state: PanelState, scroll: ScrollAnchor | null): PersistedView {
  const { subject, method, scale, tables, views, detail } = state;
  return { version: 1, subject, method, scale, tables, views: [...views], detail, scroll };
}

export interface Restored {
  readonly state: PanelState;
  readonly scroll: ScrollAnchor | null;
}

/** The start of a view from what an earlier one, perhaps of another version, left behind. */
export function fromPersisted(value: unknown): Restored {
  if (!isRecord(value) || value.version !== 1) return { state: INITIAL_STATE, scroll: null };
  const methods: readonly unknown[] = ['deconvnet', 'guided', 'gradient'];
  const scales: readonly unknown[] = ['tile', 'map', 'layer'];
  return {
    state: {
      ...INITIAL_STATE,
      subject: isSubject(value.subject) ? value.subject : null,
      method: methods.includes(value.method) ? (value.method as MethodName) : INITIAL_STATE.method,
      scale: scales.includes(value.scale) ? (value.scale as DisplayScale) : null,
      tables: value.tables === true,
      views: new Map(Array.isArray(value.views) ? value.views.filter(isViewEntry) : []),
      detail: isDetail(value.detail) ? value.detail : null,
    },
    scroll: isAnchor(value.scroll) ? value.scroll : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSubject(value: unknown): value is PanelSubject {
  return (
    isRecord(value) &&
    typeof value.model === 'string' &&
    typeof value.image === 'string' &&
    Array.isArray(value.images)
  );
}

function isViewEntry(value: unknown): value is readonly [string, LayerView] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const view: unknown = value[1];
  return isRecord(view) && isCount(view.shown) && Array.isArray(view.extra) && view.extra.every(isCount);
}

function isDetail(value: unknown): value is DetailView {
  return (
    isRecord(value) &&
    typeof value.layer === 'string' &&
    isCount(value.map) &&
    (value.position === null || (Array.isArray(value.position) && value.position.every(isCount))) &&
    Array.isArray(value.compare) &&
    isCount(value.draw)
  );
}

function isAnchor(value: unknown): value is ScrollAnchor {
  return isRecord(value) && typeof value.layer === 'string' && typeof value.offset === 'number';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
