import { PARTS_NAME } from '../../src/core/formats/parts';
import type { PanelSubject } from '../../src/protocol/panelContract';
import { createBanner } from '../shared/banner';
import { connectHost } from '../shared/connectHost';
import { element, perFrame, setText } from '../shared/element';
import { createExperimentHeader } from '../shared/experimentHeader';
import { registerToolkit } from '../shared/toolkit';
import { completePictures, offeredParts } from './annotation';
import { createPartList } from './partList';
import './parts.css';
import { createPictureView } from './pictureView';
import { createAnnotationSession, type AnnotationSession } from './session';
import type { AnnotationState } from './state';
import { strings } from './strings';
import { createToolbar } from './toolbar';

function start(): void {
  registerToolkit();
  const api = acquireVsCodeApi<{ readonly version: 1; readonly subject: PanelSubject }>();
  const host = connectHost(api, () => session.calls);
  const session: AnnotationSession = createAnnotationSession({
    host,
    persist: (subject) => api.setState({ version: 1, subject }),
    onChange: perFrame(() => draw()),
  });
  const names = () => offeredParts(session.get().parts, session.get().added);
  const banner = createBanner(
    () => void session.retry(),
    () => void host.call('showLog', null),
  );
  const header = createExperimentHeader(strings.title, host);
  const toolbar = createToolbar(session, host);
  const picture = createPictureView(session, names);
  const list = createPartList(session);
  const progress = element('p', { class: 'muted', 'data-testid': 'progress' });
  const columns = element(
    'div',
    { class: 'part-columns' },
    picture.element,
    element('div', { class: 'part-side' }, list.element, progress, element('p', { class: 'muted' }, strings.hint)), // prettier-ignore
  );
  const main = element('main', { class: 'scroller experiment' }, banner.element, header.element, toolbar.element, columns); // prettier-ignore
  document.body.append(element('div', { id: 'app', class: 'app' }, main));

  const draw = () => {
    const state = session.get();
    const { phase, failure, subject } = state;
    main.dataset['phase'] = phase;
    banner.update({ failure: phase === 'down' || phase === 'failed' ? failure : null });
    header.update({ subject, recording: null });
    toolbar.update(state);
    picture.update(state);
    list.update(state);
    setText(progress, progressSentence(state, names()));
  };
  draw();
  void session.begin();
}

function progressSentence({ subject, parts }: AnnotationState, names: readonly string[]): string {
  if (!subject) return '';
  if (parts.images.length === 0) return strings.nothing(PARTS_NAME);
  const { images } = subject;
  return strings.set(completePictures(parts, images, names), images.length, PARTS_NAME);
}

start();
