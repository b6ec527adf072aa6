import type { Peer } from '../../../src/protocol/contract';
import type { PanelHostContract } from '../../../src/protocol/panelContract';
import { createBanner } from '../../shared/banner';
import { element, perFrame, show, type Component } from '../../shared/element';
import type { DetailSession } from '../detailSession';
import type { Session } from '../session';
import { displayScale, type PanelState } from '../state/panelState';
import type { ScrollAnchor } from '../state/persisted';
import type { Store } from '../state/store';
import { strings } from '../strings';
import type { TileCache } from '../tileCache';
import type { Viewport } from '../viewport';
import { createAnnouncer } from './announcer';
import { createDetailPanel } from './detail/detailPanel';
import { createInputHeader, type InputHeaderProps } from './inputHeader';
import { createLayerList } from './layerList';
import type { LayerActions } from './layerSection';
import { createToolbar, type ToolbarProps } from './toolbar';

export interface PanelViewOptions {
  readonly root: HTMLElement;
  /** What scrolls; the viewport watches the same element. */
  readonly scroller: HTMLElement;
  readonly store: Store;
  readonly host: Peer<PanelHostContract>;
  readonly session: Session;
  readonly detailSession: DetailSession;
  readonly cache: TileCache;
  readonly viewport: Viewport;
}

export interface PanelView {
  /** Draws the state, at most once a frame. */
  readonly refresh: () => void;
  readonly anchor: () => ScrollAnchor | null;
  /** Where to scroll as soon as there are layers. */
  readonly restore: (anchor: ScrollAnchor) => void;
  /** Scrolls to a layer now, or as soon as it is there. */
  readonly revealLayer: (layer: string) => void;
}

/** Below this width the detail covers the layers instead of standing beside them; the style sheet agrees. */
const NARROW = '(max-width: 900px)';

/** The whole panel: header, toolbar, layers, and the detail beside or above them. */
export function createPanelView(options: PanelViewOptions): PanelView {
  const { root, scroller, store, host, session, detailSession, cache, viewport } = options;
  const { dispatch } = store;
  const narrow = matchMedia(NARROW);
  let anchor: ScrollAnchor | null = null;
  let drawn: PanelState | undefined;

  const showLog = () => void host.call('showLog', null);
  const banner = createBanner(() => void session.retry(), showLog);
  const header = createHostedHeader(options);
  const toolbar = createHostedToolbar(options);
  const layers = createLayerList({
    cache,
    viewport,
    scroller,
    onResize: () => refresh(),
    actions: layerActions(options, {
      focusTile: (layer, map) => {
        draw();
        layers.focusTile(layer, map);
      },
      focusDetail: () => {
        draw();
        detail.focus();
      },
    }),
  });
  const closeDetail = () => {
    const open = store.get().detail;
    if (!open) return;
    dispatch({ type: 'closeDetail' });
    draw();
    layers.focusTile(open.layer, open.map);
  };
  const detail = createDetailPanel({
    host,
    change: (view) => dispatch({ type: 'detail', view }),
    close: closeDetail,
    showLog,
  });
  const announcer = createAnnouncer();
  scroller.append(banner.element, header.element, toolbar.element, layers.element);
  show(detail.element, false);
  root.append(skipLink(layers.element), scroller, detail.element, announcer.element);

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) closeDetail();
  });
  const rememberAnchor = perFrame(() => {
    if (store.get().recording) anchor = layers.anchor();
  });
  scroller.addEventListener('scroll', rememberAnchor, { passive: true });

  const draw = () => {
    const state = store.get();
    const { recording, phase, busy, subject } = state;
    const total = recording?.layers.length ?? 0;
    const left = recording?.layers.filter(({ label }) => session.missing(label).length > 0).length ?? 0;
    banner.update({ failure: phase === 'down' || phase === 'failed' ? state.failure : null });
    header.update(state);
    toolbar.update({ ...state, scale: displayScale(state), done: total - left, total });
    const rebuilt = recording !== null && drawn?.recording !== recording;
    layers.update(state);
    if (rebuilt && anchor) layers.scrollTo(anchor);
    const data = detailSession.data();
    show(detail.element, data !== null);
    root.classList.toggle('with-detail', data !== null);
    scroller.inert = data !== null && narrow.matches;
    if (data && recording && subject) {
      detail.update({ data, input: recording.input, image: subject.image, scale: displayScale(state) });
    }
    announcer.update(state, phase === 'projecting' && left === 0 && busy.length === 0);
    drawn = state;
  };
  const refresh = perFrame(draw);
  narrow.addEventListener('change', refresh);

  return {
    refresh,
    anchor: () => anchor,
    restore: (restored) => (anchor = restored),
    revealLayer: (layer) => layers.scrollTo((anchor = below(toolbar.element, layer))),
  };
}

/** The layer under the toolbar, which stays in place. */
function below(toolbar: HTMLElement, layer: string): ScrollAnchor {
  return { layer, offset: -toolbar.offsetHeight };
}

function createHostedHeader({ host, session }: PanelViewOptions): Component<InputHeaderProps> {
  return createInputHeader({
    chooseModel: () => void host.call('chooseModel', null),
    chooseImage: () => void host.call('chooseImage', null),
    selectImage: (image) => void host.call('selectImage', { image }),
    openPanel: (name) => void host.call('openPanel', { name }),
    writeSidecar: () => void host.call('writeSidecar', session.subject()),
  });
}

function createHostedToolbar({ store, session, detailSession }: PanelViewOptions): Component<ToolbarProps> {
  return createToolbar({
    setMethod: session.setMethod,
    setScale: (scale) => store.dispatch({ type: 'scale', scale }),
    setTables: (tables) => store.dispatch({ type: 'tables', tables }),
    cancel: () => {
      session.cancel();
      detailSession.stop();
    },
    resume: session.resume,
  });
}

interface FocusActions {
  readonly focusTile: (layer: string, map: number) => void;
  readonly focusDetail: () => void;
}

function layerActions(
  { host, store: { dispatch } }: PanelViewOptions,
  { focusTile, focusDetail }: FocusActions,
): LayerActions {
  return {
    setView: (layer, view) => dispatch({ type: 'layer', layer, view }),
    more: (layer) => dispatch({ type: 'more', layer }),
    addMap: (layer, map) => {
      dispatch({ type: 'addMap', layer, map });
      focusTile(layer, map);
    },
    open: (layer, map) => {
      dispatch({ type: 'openDetail', layer, map });
      focusDetail();
    },
    retry: (layer) => dispatch({ type: 'retryLayer', layer }),
    revealSource: (layer) => void host.call('revealSource', { layer }),
    showLog: () => void host.call('showLog', null),
  };
}

/** An anchor alone would change the page's address, which a webview does not have. */
function skipLink(target: HTMLElement): HTMLElement {
  const link = element('a', { class: 'skip-link', href: `#${target.id}` }, strings.toolbar.skip);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    target.focus();
  });
  return link;
}
