import path from 'node:path';
import * as vscode from 'vscode';
import { noImageSelected } from '../core/errors';
import { hasExtension, imageExtensions } from './names';
import { diskPath, findWorkspaceFiles, namePatterns, shownFolder } from './workspaceFiles';

/** More pictures than this are no selection to page through in one panel. */
const mostImages = 200;

/**
 * The images a command was called on: VS Code passes the clicked resource and, from the Explorer, the whole
 * selection. Empty where it was called without any, from the palette for instance.
 */
export function imagesOf(args: readonly unknown[]): readonly string[] {
  const [clicked, selection] = args;
  const uris = [clicked, ...(Array.isArray(selection) ? (selection as unknown[]) : [])].filter(isUri);
  if (uris.length === 0) return [];
  const images = uris.filter(({ path }) => hasExtension(path, imageExtensions)).map(diskPath);
  if (images.length === 0) throw noImageSelected(imageExtensions);
  return atMost([...new Set(images)]);
}

/** The image in the active editor tab, whichever editor shows it. */
export function activeImage(): string | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputCustom) && !(input instanceof vscode.TabInputText)) return undefined;
  return hasExtension(input.uri.path, imageExtensions) ? diskPath(input.uri) : undefined;
}

interface ImageItem extends vscode.QuickPickItem {
  readonly answer: { readonly image: string } | 'several' | 'browse';
}

/** Asks for images of the workspace or from disk. Empty where the user dismissed the question. */
export async function pickImages(): Promise<readonly string[]> {
  const { paths, complete } = await findWorkspaceFiles(namePatterns(imageExtensions));
  if (paths.length === 0) return browseForImages();
  const items = [...paths.map(imageItem), ...(paths.length > 1 ? [severalItem()] : []), browseItem()];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Image to visualize'),
    placeHolder: complete
      ? vscode.l10n.t('Choose an image')
      : vscode.l10n.t('The workspace has more images than were searched: Browse… reaches every image'),
    matchOnDescription: true,
  });
  if (!picked) return [];
  if (picked.answer === 'browse') return browseForImages();
  if (picked.answer === 'several') return pickSeveral(paths);
  return [picked.answer.image];
}

async function pickSeveral(paths: readonly string[]): Promise<readonly string[]> {
  const picked = await vscode.window.showQuickPick(paths.map(imageItem), {
    title: vscode.l10n.t('Images to visualize'),
    placeHolder: vscode.l10n.t('Tick the images to page through in one panel'),
    matchOnDescription: true,
    canPickMany: true,
  });
  return atMost((picked ?? []).map(({ answer }) => answer.image));
}

function imageItem(image: string) {
  return {
    label: path.basename(image),
    description: shownFolder(image),
    iconPath: new vscode.ThemeIcon('file-media'),
    answer: { image },
  };
}

function severalItem(): ImageItem {
  return {
    label: vscode.l10n.t('Several Images…'),
    iconPath: new vscode.ThemeIcon('checklist'),
    answer: 'several',
  };
}

function browseItem(): ImageItem {
  return {
    label: vscode.l10n.t('Browse…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    answer: 'browse',
  };
}

async function browseForImages(): Promise<readonly string[]> {
  const uris = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Images to visualize'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
  });
  return atMost((uris ?? []).map(diskPath));
}

/** The first images, and word of it where there are more than one panel shows. */
export function atMost(images: readonly string[]): readonly string[] {
  if (images.length <= mostImages) return images;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} images were selected; the first {1} are shown.', images.length, mostImages),
  );
  return images.slice(0, mostImages);
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
