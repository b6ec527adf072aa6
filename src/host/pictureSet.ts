import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { noPicturesIn } from '../core/errors';
import { activeImage, atMost, imagesOf, pickImages } from './images';
import { hasExtension, imageExtensions } from './names';
import { diskPath } from './workspaceFiles';

/** Pictures that share a folder, and so their annotations. */
export interface PictureSet {
  readonly images: readonly string[];
  readonly image: string;
}

/**
 * The pictures that a command about a set is called on: several that are selected, as far as they lie beside the first, or
 * all of the folder that is clicked or that holds the picture. Without any it is the picture that `shown` or the active
 * editor shows, else one that the user chooses; `undefined` where that was dismissed.
 */
export async function pictureSet(
  args: readonly unknown[],
  shown: string | undefined,
): Promise<PictureSet | undefined> {
  const [clicked] = args;
  if (clicked instanceof vscode.Uri && (await isFolder(clicked))) return setIn(diskPath(clicked));
  const given = imagesOf(args);
  const images = given.length > 0 ? given : await shownOrChosen(shown);
  const [image] = images;
  if (image === undefined) return undefined;
  const folder = path.dirname(image);
  if (images.length === 1) return setIn(folder, image);
  return { images: images.filter((other) => path.dirname(other) === folder), image };
}

async function shownOrChosen(shown: string | undefined): Promise<readonly string[]> {
  const image = shown ?? activeImage();
  return image === undefined ? pickImages() : [image];
}

async function setIn(folder: string, image?: string): Promise<PictureSet> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && hasExtension(entry.name, imageExtensions))
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const found = atMost(names.map((name) => path.join(folder, name)));
  const images = image === undefined || found.includes(image) ? found : [image, ...found.slice(1)];
  const first = image ?? images[0];
  if (first === undefined) throw noPicturesIn(folder, imageExtensions);
  return { images, image: first };
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  const stats = await stat(uri.fsPath).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}

/** Asks for a file with annotations of pictures; `undefined` where the user dismissed the question. */
export async function chooseParts(folder: string): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Annotations to import'),
      defaultUri: vscode.Uri.file(folder),
      filters: { JSON: ['json'] },
    })) ?? [];
  return chosen && diskPath(chosen);
}
