import * as vscode from 'vscode';
import type { PanelName, PanelSubject } from '../../protocol/panelContract';
import type { CodeIndex } from '../codeIndex';
import { activeImage, pickImages } from '../images';
import { panelNames } from '../names';
import type { Panels } from '../panels';
import { layersAt } from './layersAt';

/** What a lens or a hover asks for: a layer of a model that code is matched with, in a panel. */
export interface ShownLayer {
  readonly model: string;
  readonly layer: string;
  readonly panel: PanelName;
}

/** `undefined` unless the model is one that the index knows, with such a layer: links may be written by anyone. */
export function shownLayer(index: CodeIndex, [argument]: readonly unknown[]): ShownLayer | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { model, layer, panel = 'layers' } = argument as Record<string, unknown>;
  const name = panelNames.find((known) => known === panel);
  const known = index.all().find((indexed) => indexed.model?.path === model)?.model;
  const summary = known?.layers.find(({ label }) => label === layer);
  return known && summary && name ? { model: known.path, layer: summary.label, panel: name } : undefined;
}

/** The layer that is defined where the cursor is. */
export function layerAtCursor(index: CodeIndex): ShownLayer | undefined {
  const editor = vscode.window.activeTextEditor;
  const indexed = editor && index.get(editor.document);
  const defined = indexed && layersAt(indexed, editor.selection.active);
  const [layer] = defined?.layers ?? [];
  return defined && layer && { model: defined.model.path, layer: layer.label, panel: 'layers' };
}

/** Shows a layer for the image that its model is shown with, else the active one, else one that the user chooses. */
export async function showLayer({ model, layer, panel }: ShownLayer, panels: Panels): Promise<void> {
  const subject = panels.subjectOf(model) ?? (await chosenSubject(model));
  if (!subject) return;
  await panels.open(panel, subject);
  panels.revealLayer(panel, model, layer);
}

async function chosenSubject(model: string): Promise<PanelSubject | undefined> {
  const active = activeImage();
  const images = active === undefined ? await pickImages() : [active];
  const [image] = images;
  return image === undefined ? undefined : { model, images, image };
}
