import type {
  ModelEditorHostContract,
  ModelEditorViewContract,
} from '../../src/protocol/modelEditorContract';
import { connect } from '../../src/protocol/pump';
import { createBanner } from '../shared/banner';
import { toPng } from '../shared/canvas';
import { element, perFrame } from '../shared/element';
import { saveFile } from '../shared/saveFile';
import { registerToolkit } from '../shared/toolkit';
import { webviewTransport } from '../shared/transport';
import { createAboutView } from './aboutView';
import { createFilterView } from './filterView';
import { createLayerList } from './layerList';
import './model.css';
import { createModelSession, type ModelSession } from './session';

function start(): void {
  registerToolkit();
  const host = connect<ModelEditorViewContract, ModelEditorHostContract>(
    webviewTransport(acquireVsCodeApi()),
    {
      reveal: (params, context) => session.calls.reveal(params, context),
      reload: (params, context) => session.calls.reload(params, context),
      engineDown: (params, context) => session.calls.engineDown(params, context),
    },
  );
  const session: ModelSession = createModelSession({ host, onChange: perFrame(() => draw()) });
  const showLog = () => void host.call('showLog', null);
  const banner = createBanner(() => void session.retry(), showLog);
  const about = createAboutView(() => void host.call('visualize', null));
  const list = createLayerList(session.select);
  const filters = createFilterView({
    setScale: session.setScale,
    save: async (name, canvas) => {
      const content = new Uint8Array(await (await toPng(canvas)).arrayBuffer());
      return saveFile(host, { name, content });
    },
    showLog,
  });
  const columns = element('div', { class: 'model-columns' }, list.element, filters.element);
  document.body.append(element('main', { class: 'model-page' }, banner.element, about.element, columns));

  const draw = () => {
    const state = session.get();
    const { phase, failure, summary, layer } = state;
    banner.update({ failure: phase === 'down' || phase === 'failed' ? failure : null });
    about.update({ summary });
    list.update({ layers: summary?.layers ?? null, selected: layer });
    columns.classList.toggle('stale', phase !== 'ready');
    columns.hidden = summary === null;
    about.element.hidden = summary === null && phase !== 'reading';
    filters.update(state);
  };
  draw();
  void session.begin();
}

start();
