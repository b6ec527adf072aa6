import type * as vscode from 'vscode';
import type { Failure, Handlers, Peer } from '../../protocol/contract';
import type {
  DataSetPanelName,
  DataSetSubject,
  DataSetViewContract,
  TopHostContract,
} from '../../protocol/dataSetContract';
import { connect } from '../../protocol/pump';
import { recordOf } from '../checks';
import { answered, loadView } from '../loadView';
import { checkedFile } from '../panelRequests';
import type { CommonCalls, DataSetPanelOptions } from './dataSetCalls';
import { evolutionCalls } from './evolutionCalls';
import { featuresCalls } from './featuresCalls';
import { topCalls } from './topCalls';

const callsOf = { topActivations: topCalls, evolution: evolutionCalls, features: featuresCalls } as const;

/** One webview about a data set. */
export interface DataSetPanel {
  readonly name: DataSetPanelName;
  readonly subject: DataSetSubject;
  readonly reveal: () => void;
  /** Shows a layer; a view that is not loaded yet does so when it is. */
  readonly revealLayer: (layer: string) => void;
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
  /** Tells it that it was closed. */
  readonly leave: () => void;
  /** Ends what runs in the background. */
  readonly stop: () => void;
}

export function showDataSet(panel: vscode.WebviewPanel, options: DataSetPanelOptions): DataSetPanel {
  const { name, subject } = options;
  let view: Peer<DataSetViewContract> | undefined;
  let layer: string | undefined;
  const revealLayer = (wanted: string) => {
    if (view) void view.call('revealLayer', { layer: wanted });
    else layer = wanted;
  };
  const ready = () => {
    if (layer !== undefined) revealLayer(layer);
    layer = undefined;
  };
  const calls = callsOf[name](options);
  const common = commonCalls(options, ready, calls.stop);
  loadView(panel, {
    assets: options.assets,
    name,
    start: (transport) => {
      // Which of the contracts it is, the view that was loaded knows.
      const handlers = { ...common, ...calls.handlers } as Handlers<TopHostContract>;
      view = connect<TopHostContract, DataSetViewContract>(transport, handlers);
    },
    end: () => (view = undefined),
  });
  return {
    name,
    subject,
    reveal: () => panel.reveal(),
    revealLayer,
    reload: () => void view?.call('reload', null),
    engineDown: (failure) => void view?.call('engineDown', failure),
    leave: calls.leave,
    stop: calls.stop,
  };
}

function commonCalls(
  { name, subject, results, actions }: DataSetPanelOptions,
  ready: () => void,
  stop: () => void,
): CommonCalls {
  const key = [
    name,
    subject.model,
    subject.pictures,
    ...(subject.index === undefined ? [] : [subject.index]),
  ];
  return {
    ready: async () => {
      ready();
      return subject;
    },
    saveFile: (params) => actions.saveFile(checkedFile(params), subject.pictures),
    keep: async (params) => {
      await results.keep(key, recordOf(params).state);
      return null;
    },
    recall: () => results.recall(key),
    pause: () => answered(stop()),
    restartEngine: () => answered(actions.restartEngine()),
    showLog: () => answered(actions.showLog()),
  };
}
