import type { Failure } from '../../../src/protocol/contract';
import type { MethodName, RecordingSummary } from '../../../src/protocol/model';
import type { PanelSettings, PanelSubject } from '../../../src/protocol/panelContract';
import {
  INITIAL_STATE,
  layerStatus,
  layerView,
  type DetailView,
  type DisplayScale,
  type LayerStatus,
  type LayerView,
  type PanelState,
  type RecordStep,
} from './panelState';

export type Action =
  | { readonly type: 'settings'; readonly settings: PanelSettings }
  | { readonly type: 'show'; readonly subject: PanelSubject }
  | { readonly type: 'step'; readonly step: RecordStep }
  | { readonly type: 'recorded'; readonly recording: RecordingSummary }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'engineDown'; readonly failure: Failure }
  | { readonly type: 'cancel' }
  | { readonly type: 'resume' }
  | { readonly type: 'busy'; readonly layers: readonly string[] }
  | { readonly type: 'tiles'; readonly layer: string }
  | { readonly type: 'layerFailed'; readonly layer: string; readonly failure: Failure }
  | { readonly type: 'retryLayer'; readonly layer: string }
  | { readonly type: 'method'; readonly method: MethodName }
  | { readonly type: 'scale'; readonly scale: DisplayScale }
  | { readonly type: 'tables'; readonly tables: boolean }
  | { readonly type: 'layer'; readonly layer: string; readonly view: Partial<LayerView> }
  | { readonly type: 'more'; readonly layer: string }
  | { readonly type: 'addMap'; readonly layer: string; readonly map: number }
  | {
      readonly type: 'openDetail';
      readonly layer: string;
      readonly map: number;
      /** The map's maximum where left out. */
      readonly position?: readonly [y: number, x: number];
    }
  | { readonly type: 'detail'; readonly view: Partial<DetailView> }
  | { readonly type: 'closeDetail' };

/** How many maps "More" adds. */
export const MORE = 9;

/** The panel's next state. Pure; what has to be requested follows from the state, see `scheduler`. */
export function reduce(state: PanelState, action: Action): PanelState {
  switch (action.type) {
    case 'settings':
      return { ...state, settings: action.settings };
    case 'show':
      return showSubject(state, action.subject);
    case 'step':
      return { ...state, step: action.step };
    case 'recorded':
      return withRecording(state, action.recording);
    case 'failed':
      return { ...state, phase: 'failed', failure: action.failure, step: null, busy: [] };
    case 'engineDown':
      return { ...state, phase: 'down', failure: action.failure, step: null, busy: [] };
    case 'cancel':
      return { ...state, phase: 'cancelled', step: null, busy: [] };
    case 'resume':
      return { ...state, phase: state.recording ? 'projecting' : 'recording', step: null, failure: null };
    case 'busy':
    case 'tiles':
    case 'layerFailed':
    case 'retryLayer':
      return withStatus(state, action);
    case 'method':
      return { ...withoutStatuses(state), method: action.method };
    case 'scale':
      return { ...state, scale: action.scale };
    case 'tables':
      return { ...state, tables: action.tables };
    case 'layer':
      return withView(state, action.layer, action.view);
    case 'more':
      return withView(state, action.layer, { shown: layerView(state, action.layer).shown + MORE });
    case 'addMap':
      return withMap(state, action.layer, action.map);
    case 'openDetail':
      return {
        ...state,
        detail: {
          layer: action.layer,
          map: action.map,
          position: action.position ?? null,
          compare: [],
          draw: 0,
        },
      };
    case 'detail':
      return { ...state, detail: state.detail && { ...state.detail, ...action.view } };
    case 'closeDetail':
      return { ...state, detail: null };
  }
}

/**
 * Everything of the old subject goes, except what the user chose: those choices stay while the model does. A unit can
 * be asked for before the first subject is there.
 */
function showSubject(state: PanelState, subject: PanelSubject): PanelState {
  const sameModel = state.subject?.model === subject.model;
  return {
    ...withoutStatuses(state),
    subject,
    phase: 'recording',
    step: null,
    recording: null,
    failure: null,
    views: sameModel ? state.views : INITIAL_STATE.views,
    detail: sameModel || state.subject === null ? state.detail : null,
  };
}

/** A detail that was restored may name a layer or map the model no longer has. */
function withRecording(state: PanelState, recording: RecordingSummary): PanelState {
  const { detail } = state;
  const layer = detail && recording.layers.find(({ label }) => label === detail.layer);
  const known = detail && layer && detail.map < layer.maxima.length;
  return {
    ...state,
    phase: 'projecting',
    step: null,
    recording,
    failure: null,
    detail: known ? detail : null,
  };
}

function withoutStatuses(state: PanelState): PanelState {
  return { ...state, busy: [], statuses: INITIAL_STATE.statuses };
}

type StatusAction = Extract<Action, { type: 'busy' | 'tiles' | 'layerFailed' | 'retryLayer' }>;

function withStatus(state: PanelState, action: StatusAction): PanelState {
  if (action.type === 'busy') return { ...state, busy: action.layers };
  const before = layerStatus(state, action.layer);
  const revision = before.revision + 1;
  const status: LayerStatus =
    action.type === 'tiles'
      ? { ...before, revision }
      : { revision, failure: action.type === 'layerFailed' ? action.failure : null };
  return { ...state, statuses: new Map(state.statuses).set(action.layer, status) };
}

function withView(state: PanelState, layer: string, view: Partial<LayerView>): PanelState {
  return { ...state, views: new Map(state.views).set(layer, { ...layerView(state, layer), ...view }) };
}

function withMap(state: PanelState, layer: string, map: number): PanelState {
  const { extra } = layerView(state, layer);
  return withView(state, layer, { extra: extra.includes(map) ? extra : [...extra, map] });
}
