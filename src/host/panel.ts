import type * as vscode from 'vscode';
import type { CallContext, Failure, Handlers, Peer } from '../protocol/contract';
import type { EngineContract } from '../protocol/engineContract';
import { valueOf } from '../protocol/failure';
import type { ProjectedUnit, ProjectRequest, RecordingSummary, Subject } from '../protocol/model';
import type {
  PanelHostContract,
  PanelName,
  PanelSettings,
  PanelSubject,
  PanelViewContract,
} from '../protocol/panelContract';
import { connect } from '../protocol/pump';
import type { Engine } from './engine';
import { packArrays } from './packArrays';
import { checkedInvariance, checkedLesion } from './experimentRequests';
import { answered, loadView } from './loadView';
import { checkedOcclusion } from './occlusionRequest';
import {
  checkedFeatureMap,
  checkedFile,
  checkedImage,
  checkedKey,
  checkedLayer,
  checkedPanelName,
  checkedProject,
  checkedSubject,
} from './panelRequests';
import { panelTitle } from './panelTitle';
import { partsCalls } from './partsCalls';
import type { PartsFiles } from './partsFiles';
import { checkedCorrespondence } from './partsRequests';
import type { ResultMemory } from './resultMemory';

/**
 * What a panel's buttons do outside the panel. They tell the user themselves what went wrong; only `saveFile` throws,
 * because the view has a place for the answer.
 */
export interface PanelActions {
  readonly chooseModel: (panel: Panel) => Promise<void>;
  readonly chooseImage: (panel: Panel) => Promise<void>;
  readonly writeSidecar: (model: string) => Promise<void>;
  /** Asks for a file with annotations of pictures; `undefined` when dismissed. */
  readonly chooseParts: (folder: string) => Promise<string | undefined>;
  readonly openPanel: (name: PanelName, subject: PanelSubject) => Promise<void>;
  /** Shows the line of code that defines a layer. */
  readonly revealSource: (model: string, layer: string) => Promise<void>;
  readonly saveFile: (
    file: { readonly name: string; readonly content: Uint8Array },
    subject: PanelSubject,
  ) => Promise<{ readonly path: string } | null>;
  readonly restartEngine: () => Promise<void>;
  readonly showLog: () => void;
}

/** Follows what the panels show. */
export interface PanelObserver {
  /** A panel came to the front, or shows something else. */
  readonly shown: (subject: PanelSubject) => void;
  readonly recorded: (subject: Subject, recording: RecordingSummary) => void;
  /** All units of a request were projected. */
  readonly projected: (request: ProjectRequest, units: readonly ProjectedUnit[]) => void;
  /** No panel shows this model any more. */
  readonly closed: (model: string) => void;
}

export interface PanelOptions {
  readonly name: PanelName;
  readonly subject: PanelSubject;
  /** Folder of the bundled views. */
  readonly assets: vscode.Uri;
  readonly engine: Engine;
  readonly settings: () => PanelSettings;
  /** Throws where a model may not be opened now. */
  readonly assertMayOpen: (model: string) => void;
  readonly results: ResultMemory;
  readonly parts: PartsFiles;
  readonly observer: PanelObserver;
  readonly actions: PanelActions;
}

/** One webview about one model and one of several images: its layers, or an experiment. */
export class Panel {
  #subject: PanelSubject;
  #view: Peer<PanelViewContract> | undefined;
  /** To lead to once the view is loaded. */
  #layer: PanelViewContract['revealLayer']['params'] | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly options: PanelOptions,
  ) {
    this.#subject = options.subject;
    panel.onDidChangeViewState(() => {
      if (panel.active) options.observer.shown(this.#subject);
    });
    this.#updateTitle();
    options.observer.shown(this.#subject);
    loadView(panel, {
      assets: options.assets,
      name: options.name,
      start: (transport) => {
        this.#view = connect<PanelHostContract, PanelViewContract>(transport, this.#handlers());
      },
      end: () => (this.#view = undefined),
    });
  }

  get name(): PanelName {
    return this.options.name;
  }

  get subject(): PanelSubject {
    return this.#subject;
  }

  get active(): boolean {
    return this.panel.active;
  }

  get column(): vscode.ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  /** Replaces what is shown; a view that is not loaded yet asks for it when it is. */
  show(subject: PanelSubject): void {
    this.#subject = subject;
    this.#updateTitle();
    this.options.observer.shown(subject);
    void this.#view?.call('show', { subject });
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Leads to a layer; a view that is not loaded yet does so when it is. */
  revealLayer(layer: PanelViewContract['revealLayer']['params']): void {
    if (this.#view) void this.#view.call('revealLayer', layer);
    else this.#layer = layer;
  }

  updateSettings(): void {
    void this.#view?.call('settings', this.options.settings());
  }

  engineDown(failure: Failure): void {
    void this.#view?.call('engineDown', failure);
  }

  onDidDispose(listener: () => void): void {
    this.panel.onDidDispose(listener);
  }

  #updateTitle(): void {
    this.panel.title = panelTitle(this.options.name, this.#subject);
  }

  #handlers(): Handlers<PanelHostContract> {
    const { name, actions, observer, parts, results, settings } = this.options;
    return {
      ...partsCalls({ subject: () => this.#subject, files: parts, choose: actions.chooseParts }),
      ready: async () => {
        if (this.#layer !== undefined) this.revealLayer(this.#layer);
        this.#layer = undefined;
        return { subject: this.#subject, settings: settings() };
      },
      record: async (params, context) => {
        const subject = checkedSubject(params, this.#subject);
        const recording = await this.#pass('record', subject, context);
        observer.recorded(subject, recording);
        return recording;
      },
      project: async (params, context) => {
        const request = checkedProject(params, this.#subject);
        const units: ProjectedUnit[] = [];
        const result = await this.#pass('project', request, {
          ...context,
          progress: (unit) => {
            units.push(unit);
            return context.progress(unit);
          },
        });
        observer.projected(request, units);
        return result;
      },
      featureMap: (params, context) =>
        this.#pass('featureMap', checkedFeatureMap(params, this.#subject), context),
      occlude: (params, context) => this.#pass('occlude', checkedOcclusion(params, this.#subject), context),
      invariance: (params, context) =>
        this.#pass('invariance', checkedInvariance(params, this.#subject), context),
      lesion: (params, context) => this.#pass('lesion', checkedLesion(params, this.#subject), context),
      correspondence: (params, context) =>
        this.#pass('correspondence', checkedCorrespondence(params, this.#subject), context),
      viewPicture: (params, context) =>
        this.#pass('viewPicture', checkedSubject(params, this.#subject), context),
      chooseModel: () => answered(actions.chooseModel(this)),
      chooseImage: () => answered(actions.chooseImage(this)),
      selectImage: async (params) => {
        this.show({ ...this.#subject, image: checkedImage(params, this.#subject) });
        return null;
      },
      writeSidecar: (params) => {
        const { model } = checkedSubject(params, this.#subject);
        return answered(actions.writeSidecar(model));
      },
      openPanel: (params) => answered(actions.openPanel(checkedPanelName(params), this.#subject)),
      revealSource: (params) => answered(actions.revealSource(this.#subject.model, checkedLayer(params))),
      saveFile: (params) => actions.saveFile(checkedFile(params), this.#subject),
      keep: async (params) => {
        await results.keep([name, this.#subject.model, checkedKey(params)], params.state);
        return null;
      },
      recall: (params) => results.recall([name, this.#subject.model, checkedKey(params)]),
      restartEngine: () => answered(actions.restartEngine()),
      showLog: () => answered(actions.showLog()),
    };
  }

  /** Hands a checked request to the engine; progress, result, failure and cancellation come back as they are. */
  async #pass<K extends keyof EngineContract & keyof PanelHostContract>(
    method: K,
    params: EngineContract[K]['params'],
    context: CallContext<EngineContract[K]['progress']>,
  ): Promise<EngineContract[K]['result']> {
    this.options.assertMayOpen(params.model);
    const outcome = await this.options.engine.peer.call(method, params, {
      signal: context.signal,
      onProgress: (value) => void context.progress(packArrays(value)),
    });
    return packArrays(valueOf(outcome));
  }
}
