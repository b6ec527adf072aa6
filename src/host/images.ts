import path from 'node:path';
import * as vscode from 'vscode';
import { noImageSelected } from '../core/errors';
import { hasExtension, imageExtensions } from './names';
import { diskPath, findWorkspaceFiles, shownFolder } from './workspaceFiles';

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

/** Asks for images of the workspace or from disk. Empty where the user dismissed the question. */
export async function pickImages(): Promise<readonly string[]> {
  const { paths, complete } = await findWorkspaceFiles(imageExtensions);
  if (paths.length === 0) return browseForImages();
  const browse: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: vscode.l10n.t('Browse…'),
  };
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly image: string }>();
  picker.title = vscode.l10n.t('Images to visualize');
  picker.placeholder = complete
    ? vscode.l10n.t('Choose one image or several')
    : vscode.l10n.t('The workspace has more images than were searched: Browse… reaches every image');
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.buttons = [browse];
  picker.items = paths.map((image) => ({
    label: path.basename(image),
    description: shownFolder(image),
    image,
  }));
  try {
    const answer = await new Promise<readonly string[] | 'browse'>((resolve) => {
      picker.onDidAccept(() => {
        // Enter on a row that is not ticked means that row.
        const items = picker.selectedItems.length > 0 ? picker.selectedItems : picker.activeItems;
        resolve(items.map(({ image }) => image));
      });
      picker.onDidTriggerButton(() => resolve('browse'));
      picker.onDidHide(() => resolve([]));
      picker.show();
    });
    return answer === 'browse' ? await browseForImages() : atMost(answer);
  } finally {
    picker.dispose();
  }
}

async function browseForImages(): Promise<readonly string[]> {
  const uris = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Images to visualize'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
  });
  return atMost((uris ?? []).map(diskPath));
}

function atMost(images: readonly string[]): readonly string[] {
  if (images.length <= mostImages) return images;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} images were selected; the first {1} are shown.', images.length, mostImages),
  );
  return images.slice(0, mostImages);
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
