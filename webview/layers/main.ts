import type { PanelHostContract, PanelViewContract } from '../../src/protocol/panelContract';
import { connect } from '../../src/protocol/pump';
import { element } from '../shared/element';
import { registerToolkit } from '../shared/toolkit';
import { webviewTransport } from '../shared/transport';
import { createPanelView } from './components/panelView';
import { createDetailSession } from './detailSession';
import './panel.css';
import { createSession } from './session';
import type { PanelState } from './state/panelState';
import { fromPersisted, toPersisted, type PersistedView } from './state/persisted';
import { createStore } from './state/store';
import { createTileCache } from './tileCache';
import { createViewport } from './viewport';

/** Memory for tiles. The rows around the viewport need a few dozen megabytes; this holds all of a usual model. */
const TILE_BYTES = 256 * 1024 * 1024;

/** The state is kept this long after the last change, in milliseconds. */
const SAVE_DELAY = 200;

function start(): void {
  registerToolkit();
  const api = acquireVsCodeApi<PersistedView>();
  const restored = fromPersisted(api.getState());
  const store = createStore(restored.state);
  const host = connect<PanelViewContract, PanelHostContract>(webviewTransport(api), {
    show: async ({ subject }) => {
      session.show(subject);
      return null;
    },
    settings: async (settings) => {
      store.dispatch({ type: 'settings', settings });
      return null;
    },
    revealLayer: async ({ layer, unit }) => {
      if (unit) store.dispatch({ type: 'openDetail', layer, ...unit });
      view.revealLayer(layer);
      return null;
    },
    engineDown: async (failure) => {
      session.engineDown(failure);
      detailSession.stop();
      return null;
    },
  });

  const root = document.getElementById('app') ?? document.body.appendChild(element('div', { id: 'app' }));
  root.classList.add('app');
  const scroller = element('main', { class: 'scroller' });
  const viewport = createViewport(scroller, () => {
    view.refresh();
    session.wake();
  });
  const cache = createTileCache({
    limitBytes: TILE_BYTES,
    distance: layerDistance(store.get, viewport.near),
  });
  const session = createSession({
    host,
    store,
    cache,
    visible: () => viewport.visible,
    isHeld: () => detailSession.isLoading(),
  });
  const detailSession = createDetailSession({
    host,
    store,
    cache,
    session,
    onChange: () => {
      view.refresh();
      session.wake();
    },
  });
  const view = createPanelView({ root, scroller, store, host, session, detailSession, cache, viewport });
  if (restored.scroll) view.restore(restored.scroll);

  let saving: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(saving);
    saving = setTimeout(() => api.setState(toPersisted(store.get(), view.anchor())), SAVE_DELAY);
  };
  scroller.addEventListener('scroll', save, { passive: true });
  store.subscribe((state, before) => {
    view.refresh();
    const detailChanges = changesDetail(state, before);
    // The detail first: while it waits for pictures, rows are not started.
    if (detailChanges) detailSession.update();
    if (detailChanges || needsRequests(state, before)) session.wake();
    if (state.busy === before.busy && state.statuses === before.statuses) save();
  });
  void session.begin();
}

function needsRequests(state: PanelState, before: PanelState): boolean {
  return state.views !== before.views || state.settings !== before.settings || hasRetry(state, before);
}

function hasRetry(state: PanelState, before: PanelState): boolean {
  if (state.statuses === before.statuses) return false;
  return [...before.statuses].some(([label, { failure }]) => failure && !state.statuses.get(label)?.failure);
}

function changesDetail(state: PanelState, before: PanelState): boolean {
  return (
    state.detail !== before.detail ||
    state.recording !== before.recording ||
    (state.detail !== null && (state.method !== before.method || state.phase !== before.phase))
  );
}

/** How many layers a tile is away from what is drawn; another method's tiles are farther than any. */
function layerDistance(state: () => PanelState, near: ReadonlySet<string>) {
  return (method: string, layer: string): number => {
    if (method !== state().method) return Number.MAX_SAFE_INTEGER;
    if (near.has(layer)) return 0;
    const labels = state().recording?.layers.map(({ label }) => label) ?? [];
    const at = labels.indexOf(layer);
    const drawn = labels.flatMap((label, index) => (near.has(label) ? [index] : []));
    return Math.min(labels.length, ...drawn.map((index) => Math.abs(index - at)));
  };
}

start();
