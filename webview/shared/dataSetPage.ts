import type { Contract, Peer } from '../../src/protocol/contract';
import type {
  DataSetHostContract,
  DataSetSubject,
  DataSetViewContract,
} from '../../src/protocol/dataSetContract';
import { connect } from '../../src/protocol/pump';
import { createBanner } from './banner';
import {
  createDataSetSession,
  type DataSetSession,
  type DataSetState,
  type DataSetWork,
} from './dataSetSession';
import { element, perFrame, setText } from './element';
import { createExportBar, type Exports } from './exportBar';
import { createRunBar, type RunProgress } from './runBar';
import { registerToolkit } from './toolkit';
import { webviewTransport } from './transport';

/** What the view of a data set adds to the page that all of them share. */
export interface DataSetView extends DataSetWork {
  readonly title: string;
  /** What it is about, below the title. */
  readonly facts: (subject: DataSetSubject) => string;
  readonly controls: HTMLElement;
  readonly content: HTMLElement;
  /** `null` before anything is known of it. */
  readonly progress: () => RunProgress | null;
  /** Beside the progress; may be empty. */
  readonly pace: () => string;
  readonly exports: Exports;
  readonly hasResult: () => boolean;
  /** Draws what changed; called at most once a frame. */
  readonly draw: (state: DataSetState) => void;
}

export interface DataSetPage<C extends Contract<C>> {
  readonly host: Peer<C>;
  /** The session, as soon as the view is made. */
  readonly session: () => DataSetSession;
  /** Something changed: draw soon. */
  readonly refresh: () => void;
  readonly scroller: HTMLElement;
}

/** Builds the page of a panel about a data set and opens what the host says. */
export function openDataSet<C extends DataSetHostContract & Contract<C>>(
  create: (page: DataSetPage<C>) => DataSetView,
): void {
  registerToolkit();
  const api = acquireVsCodeApi<{ readonly version: 1; readonly subject: DataSetSubject }>();
  const peer = connect<DataSetViewContract, C>(webviewTransport(api), {
    revealLayer: (params, context) => session.calls.revealLayer(params, context),
    reload: (params, context) => session.calls.reload(params, context),
    engineDown: (params, context) => session.calls.engineDown(params, context),
  });
  // Every contract of a data set's host holds the common calls.
  const host = peer as unknown as Peer<DataSetHostContract>;
  const refresh = perFrame(() => draw());
  const scroller = element('main', { class: 'scroller experiment' });
  const view = create({ host: peer, session: () => session, refresh, scroller });
  const session = createDataSetSession({
    host,
    work: view,
    persist: (subject) => api.setState({ version: 1, subject }),
    onChange: refresh,
  });
  const banner = createBanner(
    () => void session.retry(),
    () => void host.call('showLog', null),
  );
  const facts = element('p', { class: 'muted', 'data-testid': 'facts' });
  const header = element(
    'header',
    { class: 'experiment-header' },
    element('div', { class: 'grow' }, element('h1', { class: 'title' }, view.title), facts),
  );
  const runBar = createRunBar({ run: () => void session.run(), pause: () => void session.pause() });
  const pace = element('span', { class: 'muted', 'data-testid': 'pace' });
  const exportBar = createExportBar(host, view.exports);
  const live = element('div', { class: 'visually-hidden', role: 'status', 'data-testid': 'live' });
  document.body.appendChild(element('div', { id: 'app', class: 'app' }, scroller));
  scroller.append(
    banner.element,
    header,
    view.controls,
    element('div', { class: 'run-line' }, runBar.element, pace, exportBar.element),
    view.content,
    live,
  );

  const draw = () => {
    const state = session.get();
    const { phase, subject, failure } = state;
    banner.update({ failure: phase === 'down' || phase === 'failed' ? failure : null });
    setText(facts, subject ? view.facts(subject) : '');
    runBar.update({ state, progress: view.progress() });
    setText(pace, phase === 'running' ? view.pace() : '');
    exportBar.update({ ready: view.hasResult() });
    view.draw(state);
    setText(live, runBar.announcement());
  };
  refresh();
  void session.begin();
}
