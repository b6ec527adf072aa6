import type { Failure } from '../../../src/protocol/contract';
import type { MethodName, RecordingSummary } from '../../../src/protocol/model';
import type { PanelSettings, PanelSubject } from '../../../src/protocol/panelContract';

export type DisplayScale = PanelSettings['displayScale'];
export type RecordStep = 'model' | 'image' | 'forward';

/**
 * What the panel is doing: waiting for its subject, running the image forward, filling rows (or done with it),
 * stopped by the user, without an engine, or unable to show the subject at all.
 */
export type Phase = 'starting' | 'recording' | 'projecting' | 'cancelled' | 'down' | 'failed';

/** What the user chose for one layer. */
export interface LayerView {
  /** How many of the strongest maps are shown. */
  readonly shown: number;
  /** Maps the user asked for by number, in that order. */
  readonly extra: readonly number[];
  readonly collapsed: boolean;
  /** Numbers as text instead of pictures. */
  readonly table: boolean;
}

/** What the network did with one layer, beside its tiles. */
export interface LayerStatus {
  /** Tiles in hand: changes whenever one arrives or is dropped. */
  readonly revision: number;
  readonly failure: Failure | null;
}

/** The unit under the magnifying glass. */
export interface DetailView {
  readonly layer: string;
  readonly map: number;
  /** `null` is the map's maximum. */
  readonly position: readonly [y: number, x: number] | null;
  /** Methods beside the panel's own. */
  readonly compare: readonly MethodName[];
  /** How often "same switches, another unit" was drawn; 0 is not shown. */
  readonly draw: number;
}

export interface PanelState {
  readonly subject: PanelSubject | null;
  readonly settings: PanelSettings;
  readonly method: MethodName;
  /** `null` follows the setting. */
  readonly scale: DisplayScale | null;
  /** Text tables in every layer. */
  readonly tables: boolean;
  readonly phase: Phase;
  readonly step: RecordStep | null;
  /** Layers that are being projected now. */
  readonly busy: readonly string[];
  readonly recording: RecordingSummary | null;
  /** Why the subject cannot be shown, or why the engine is down. */
  readonly failure: Failure | null;
  readonly views: ReadonlyMap<string, LayerView>;
  readonly statuses: ReadonlyMap<string, LayerStatus>;
  readonly detail: DetailView | null;
}

export const DEFAULT_SETTINGS: PanelSettings = { mapsPerLayer: 9, displayScale: 'tile' };

export const INITIAL_STATE: PanelState = {
  subject: null,
  settings: DEFAULT_SETTINGS,
  method: 'deconvnet',
  scale: null,
  tables: false,
  phase: 'starting',
  step: null,
  busy: [],
  recording: null,
  failure: null,
  views: new Map(),
  statuses: new Map(),
  detail: null,
};

const defaultViews = new WeakMap<PanelSettings, LayerView>();

/** The same object as long as nothing changes, so that it can be compared. */
export function layerView({ views, settings }: PanelState, layer: string): LayerView {
  const chosen = views.get(layer) ?? defaultViews.get(settings);
  if (chosen) return chosen;
  const view = { shown: settings.mapsPerLayer, extra: [], collapsed: false, table: false };
  defaultViews.set(settings, view);
  return view;
}

const UNTOUCHED: LayerStatus = { revision: 0, failure: null };

export function layerStatus(state: PanelState, layer: string): LayerStatus {
  return state.statuses.get(layer) ?? UNTOUCHED;
}

export function displayScale(state: PanelState): DisplayScale {
  return state.scale ?? state.settings.displayScale;
}
