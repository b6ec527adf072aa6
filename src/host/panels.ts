import * as vscode from 'vscode';
import { sidecarPath } from '../core/formats/sidecar';
import type { Failure } from '../protocol/contract';
import type { PanelName, PanelSubject, RevealedUnit } from '../protocol/panelContract';
import type { PanelOptions } from './panel';
import { Panel } from './panel';
import { furtherFilesOf } from './furtherFiles';
import { panelNames, panelTypes } from './names';
import { restoredSubject } from './panelRequests';
import { partsPath } from './partsCalls';
import type { SubjectMemory } from './subjectMemory';
import { watchFiles } from './watchFiles';

export interface PanelsOptions extends Omit<PanelOptions, 'name' | 'subject'> {
  readonly icon: vscode.Uri;
  readonly subjects: SubjectMemory;
  /** The column beside the file that defines a model. */
  readonly besideCode: (model: string) => Promise<vscode.ViewColumn>;
  readonly mayOpen: (model: string) => boolean;
  readonly log: vscode.LogOutputChannel;
}

/** The open panels: one of each kind for a model, revived after a reload, told when their files or the engine change. */
export class Panels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #panels = new Map<Panel, vscode.Disposable>();
  /** The files beside a model that it is read from, as far as the engine has told. */
  readonly #furtherFiles = new Map<string, readonly string[]>();

  constructor(private readonly options: PanelsOptions) {}

  /** Shows a subject in the panel of this kind for its model, or in a new one: where another panel is, else beside the code. */
  async open(name: PanelName, subject: PanelSubject): Promise<void> {
    if (this.#showInOpen(name, subject)) return;
    const column = await this.columnFor(subject.model);
    // It may have been opened meanwhile, by a second click.
    if (this.#showInOpen(name, subject)) return;
    const panel = vscode.window.createWebviewPanel(panelTypes[name], '', column, { enableFindWidget: true });
    this.#add(panel, name, subject);
  }

  /** The column of another panel, else the one beside the code that defines a model. */
  async columnFor(model: string): Promise<vscode.ViewColumn> {
    const [neighbour] = this.#panels.keys();
    return neighbour?.column ?? this.options.besideCode(model);
  }

  /** Replaces what one panel shows. */
  show(panel: Panel, subject: PanelSubject): void {
    const before = panel.subject.model;
    panel.show(subject);
    this.#attend(panel);
    this.#release(before);
  }

  active(): Panel | undefined {
    return [...this.#panels.keys()].find((panel) => panel.active);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoredSubject(state);
    const name = panelNames.find((known) => panelTypes[known] === panel.viewType);
    if (name && subject && this.options.subjects.knows(subject)) {
      this.#add(panel, name, subject);
      return;
    }
    this.options.log.warn('A panel could not be restored: its state is not usable.');
    panel.dispose();
  }

  /** What the open panels of a model show. */
  subjectOf(model: string): PanelSubject | undefined {
    return [...this.#panels.keys()].find(({ subject }) => subject.model === model)?.subject;
  }

  /** Leads the panel of this kind about a model to one of its layers, and to a unit of it, if it is open. */
  revealLayer(name: PanelName, model: string, layer: string, unit?: RevealedUnit): void {
    for (const panel of this.#panels.keys()) {
      if (panel.name === name && panel.subject.model === model)
        panel.revealLayer({ layer, ...(unit && { unit }) });
    }
  }

  updateSettings(): void {
    for (const panel of this.#panels.keys()) panel.updateSettings();
  }

  /** Starts all over in every panel, for instance when the workspace became trusted. */
  showAgain(): void {
    for (const panel of this.#panels.keys()) panel.show(panel.subject);
  }

  engineDown(failure: Failure): void {
    for (const panel of this.#panels.keys()) panel.engineDown(failure);
  }

  /** The panels themselves stay: a reload of the window disposes of the extension, and revives them after it. */
  dispose(): void {
    for (const watchers of this.#panels.values()) watchers.dispose();
    this.#panels.clear();
  }

  #showInOpen(name: PanelName, subject: PanelSubject): boolean {
    const existing = [...this.#panels.keys()].find(
      (panel) => panel.name === name && panel.subject.model === subject.model,
    );
    if (!existing) return false;
    this.show(existing, subject);
    existing.reveal();
    return true;
  }

  #add(webviewPanel: vscode.WebviewPanel, name: PanelName, subject: PanelSubject): void {
    webviewPanel.iconPath = this.options.icon;
    const observer = {
      ...this.options.observer,
      shown: (shown: PanelSubject) => {
        void this.#attendFurtherFiles(shown.model);
        this.options.observer.shown(shown);
      },
    };
    const panel = new Panel(webviewPanel, { ...this.options, observer, name, subject });
    this.#attend(panel);
    panel.onDidDispose(() => {
      this.#panels.get(panel)?.dispose();
      this.#panels.delete(panel);
      this.#release(panel.subject.model);
    });
  }

  /** Lets the engine give back the memory of a model that no panel shows any more. */
  #release(model: string): void {
    const { engine, observer } = this.options;
    if ([...this.#panels.keys()].some((panel) => panel.subject.model === model)) return;
    this.#furtherFiles.delete(model);
    observer.closed(model);
    if (engine.pid() !== undefined) void engine.peer.call('forget', { model });
  }

  async #attendFurtherFiles(model: string): Promise<void> {
    if (!this.options.mayOpen(model)) return;
    const opening = await this.options.engine.peer.call('openModel', { model });
    // An engine that is gone says nothing about the files.
    if (!opening.ok && opening.failure.kind === 'gone') return;
    const files = furtherFilesOf(opening);
    if (this.#furtherFiles.get(model)?.join() === files.join()) return;
    this.#furtherFiles.set(model, files);
    for (const panel of this.#panels.keys()) if (panel.subject.model === model) this.#attend(panel);
  }

  /** The engine keeps models loaded: when one changes or goes, with its sidecar, weights or labels, it has to look again. */
  #attend(panel: Panel): void {
    this.#panels.get(panel)?.dispose();
    void this.options.subjects.remember(panel.subject);
    const { model, image, images } = panel.subject;
    const ofModel = [model, sidecarPath(model), ...(this.#furtherFiles.get(model) ?? [])];
    // The panel that writes annotations knows them; what compares them has to look again.
    const parts = panel.name === 'correspondence' ? [partsPath(image)] : [];
    const onChange = async (changed: ReadonlySet<string>) => {
      if (ofModel.some((file) => changed.has(file))) {
        this.options.log.info(`Changed on disk, shown again: ${model}`);
        await this.options.engine.peer.call('forget', { model });
        panel.show(panel.subject);
      } else if ([panel.subject.image, ...parts].some((file) => changed.has(file))) {
        panel.show(panel.subject);
      }
    };
    this.#panels.set(
      panel,
      watchFiles([...ofModel, ...parts, ...images], (changed) => void onChange(changed)),
    );
  }
}
