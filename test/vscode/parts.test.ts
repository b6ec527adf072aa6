import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import type { LayerDeltas } from '../../src/core/experiments/correspondence/summary';
import { switchback } from './support/cli';
import type { Workbench } from './support/workbench';
import {
  chooseFile,
  chooseFromContextMenu,
  eventually,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

/** Places in the pictures, of 256 x 256 pixels; the network sees all but 16 at each border. */
const places = {
  'discs.png': { left_eye: [80, 90], right_eye: [150, 90], nose: [115, 140] },
  'stripes.png': { left_eye: [100, 100], right_eye: [160, 110], nose: [130, 150] },
} as const;

type Picture = keyof typeof places;
type Place = readonly [x: number, y: number];

describe('parts of pictures', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    const file = (name: string) => workspace.file(name);
    for (const folder of ['faces', 'others']) {
      await mkdir(file(folder));
      for (const name of Object.keys(places)) await copyFile(file(name), file(`${folder}/${name}`));
    }
    await writeFile(file('others.json'), annotations);
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const view = () => webview(workbench.page);
  const canvas = () => view().getByTestId('picture');
  const ready = (picture: string) =>
    view()
      .locator('main[data-phase="ready"]')
      .filter({ hasText: `${picture} in` })
      .waitFor();

  async function annotate(folder: string): Promise<void> {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await chooseFromContextMenu(page, explorerFile(page, folder), 'Annotate Parts…');
    await ready('discs.png');
  }

  async function mark(picture: Picture): Promise<void> {
    await ready(picture);
    for (const place of Object.values<Place>(places[picture])) await clickAt(canvas(), place);
  }

  test('are marked by clicks, on disk at once, compared as by the command line, and left out by name', async () => {
    await annotate('faces');
    await mark('discs.png');
    await view().getByTestId('next').click();
    await mark('stripes.png');
    await view().getByText('2 of 2 pictures have every part').waitFor();
    await eventually(() => areMarked(workspace.file('faces/parts.json')));
    await screenshot(workbench.page, 'parts');

    await view().getByTestId('compare').click();
    await view().getByRole('heading', { name: 'Correspondence analysis' }).waitFor();
    await view().locator('.progress[data-phase="done"]').waitFor({ timeout: 90_000 });
    const rows = view().getByTestId('table').locator('tbody tr');
    const deltas = await deltasByCommandLine(
      workspace.file('model.onnx'),
      workspace.file('faces/parts.json'),
    );
    expect(await rows.count()).toBe(deltas.length);
    for (const [index, { layer, parts }] of deltas.entries()) {
      const text = await rows.nth(index).textContent();
      for (const value of [layer, ...parts.map(({ mean }) => mean.toFixed(3))]) expect(text).toContain(value);
    }
    await screenshot(workbench.page, 'correspondence');

    await view().getByTestId('annotate').click();
    await ready('stripes.png');
    await view().getByRole('button', { name: 'Place nose' }).click();
    await clickAt(canvas(), [18, 18]);
    await view().getByText('(beyond what the network sees)').waitFor();
    await view().getByTestId('compare').click();
    await view().getByText('1 image with the parts left_eye, right_eye, nose is not enough').waitFor();
    await view().getByText('the square over nose reaches beyond what the network sees of stripes.png').waitFor(); // prettier-ignore
  });

  test('that others marked are imported, with what else their file says', async () => {
    await annotate('others');
    await view().getByTestId('import').click();
    await chooseFile(workbench.page, workspace.file('others.json'));
    await view().getByText('2 of 2 pictures have every part').waitFor();
    const text = await readFile(workspace.file('others/parts.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(JSON.parse(annotations));
  });
});

/** Annotations as another tool wrote them, with fields of its own. */
const annotations = JSON.stringify(
  {
    note: 'Annotated by eye.',
    images: Object.entries(places).map(([file, parts]) => ({ file, wnid: 'n02088364', ...parts })),
  },
  null,
  1,
);

/** Whether a file marks all places to two pixels; undefined as long as it does not. */
async function areMarked(file: string): Promise<true | undefined> {
  const { images } = JSON.parse(await readFile(file, 'utf8')) as {
    images: (Readonly<Record<string, Place>> & { readonly file: Picture })[];
  };
  const isNear = ([x, y]: Place, at: Place | undefined) => !!at && Math.hypot(x - at[0], y - at[1]) < 2;
  const all = Object.entries(places).every(([picture, parts]) => {
    const marked = images.find((image) => image.file === picture);
    return Object.entries<Place>(parts).every(([part, place]) => isNear(place, marked?.[part]));
  });
  return all || undefined;
}

/** Δ with as many draws and the seed that the panel begins with. */
async function deltasByCommandLine(model: string, parts: string): Promise<readonly LayerDeltas[]> {
  const out = await mkdtemp(path.join(path.dirname(path.dirname(model)), 'compared-'));
  await switchback('correspondence', '--model', model, '--parts', parts, '--draws', '39', '--seed', '1', '--out', out); // prettier-ignore
  const { deltas } = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8')) as {
    deltas: readonly LayerDeltas[];
  };
  return deltas;
}

/** Clicks where a place of the file is on the canvas. */
async function clickAt(canvas: Locator, [x, y]: Place): Promise<void> {
  const { width } = (await canvas.boundingBox())!;
  const scale = width / 224;
  await canvas.click({ position: { x: (x - 16) * scale, y: (y - 16) * scale } });
}
