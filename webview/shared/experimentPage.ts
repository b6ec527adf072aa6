import type { Peer } from '../../src/protocol/contract';
import type { PanelHostContract, PanelSubject } from '../../src/protocol/panelContract';
import { createBanner } from './banner';
import { connectHost } from './connectHost';
import { element, perFrame, setText } from './element';
import { createExperimentHeader } from './experimentHeader';
import {
  createExperimentSession,
  type Experiment,
  type ExperimentSession,
  type ExperimentState,
} from './experimentSession';
import { createExportBar, type Exports } from './exportBar';
import { createRunBar, type RunProgress } from './runBar';
import { registerToolkit } from './toolkit';

/** What the view of an experiment adds to the page that all of them share. */
export interface ExperimentView extends Experiment {
  /** `Occlusion sweep`. */
  readonly title: string;
  /** The settings, below the header. */
  readonly controls: HTMLElement;
  readonly content: HTMLElement;
  /** `null` before anything is known of it. */
  readonly progress: () => RunProgress | null;
  /** What is to be known about how it runs, one sentence each: that there is no classifier, for instance. */
  readonly notes: () => readonly string[];
  readonly exports: Exports;
  /** Draws what changed; called at most once a frame. */
  readonly draw: (state: ExperimentState) => void;
}

export interface ExperimentPage {
  readonly host: Peer<PanelHostContract>;
  /** The session, as soon as the view is made. */
  readonly session: () => ExperimentSession;
  /** Something changed: draw soon. */
  readonly refresh: () => void;
}

/** Builds the page of an experiment and opens what the host says. */
export function openExperiment(create: (page: ExperimentPage) => ExperimentView): void {
  registerToolkit();
  const api = acquireVsCodeApi<{ readonly version: 1; readonly subject: PanelSubject }>();
  const host = connectHost(api, () => session.calls);
  const refresh = perFrame(() => draw());
  const view = create({ host, session: () => session, refresh });
  const session: ExperimentSession = createExperimentSession({
    host,
    experiment: view,
    persist: (subject) => api.setState({ version: 1, subject }),
    onChange: refresh,
  });
  const banner = createBanner(
    () => void session.retry(),
    () => void host.call('showLog', null),
  );
  const header = createExperimentHeader(view.title, host);
  const runBar = createRunBar({ run: () => void session.run(), pause: session.pause });
  const exportBar = createExportBar(host, view.exports);
  const notes = element('p', { class: 'run-notes muted', 'data-testid': 'notes' });
  const live = element('div', { class: 'visually-hidden', role: 'status', 'data-testid': 'live' });
  const root = document.body.appendChild(element('div', { id: 'app', class: 'app' }));
  root.append(
    element(
      'main',
      { class: 'scroller experiment' },
      banner.element,
      header.element,
      view.controls,
      element('div', { class: 'run-line' }, runBar.element, exportBar.element),
      notes,
      view.content,
      live,
    ),
  );

  const draw = () => {
    const state = session.get();
    banner.update({ failure: state.phase === 'down' || state.phase === 'failed' ? state.failure : null });
    header.update(state);
    runBar.update({ state, progress: view.progress() });
    exportBar.update({ ready: view.progress() !== null });
    setText(notes, view.notes().join(' '));
    view.draw(state);
    setText(live, runBar.announcement());
  };
  refresh();
  void session.begin();
}
