import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { readNpy } from '../../../src/core/formats/npy';
import { toFloat32 } from '../../../src/core/tensor/tensor';
import { repository } from '../../../scripts/vscode/cache';

const execute = promisify(execFile);

export interface LayerRow {
  readonly label: string;
  readonly shape: readonly number[];
}

export interface ProjectedTile {
  readonly map: number;
  readonly status: 'ok' | 'inactive';
  readonly activation: number;
  /** Missing where the unit is inactive. */
  readonly picture?: PNG;
}

export async function layersOf(model: string): Promise<readonly LayerRow[]> {
  const { layers } = JSON.parse(await switchback('layers', '--model', model, '--json')) as {
    layers: LayerRow[];
  };
  return layers;
}

/** The strongest maps of a layer and their tiles, as the command line makes them. */
export async function projectTop(subject: {
  readonly model: string;
  readonly image: string;
  readonly layer: string;
  readonly top: number;
}): Promise<readonly ProjectedTile[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchback-cli-'));
  try {
    const { model, image, layer, top } = subject;
    const what = ['--model', model, '--image', image, '--layer', layer, '--top', String(top)];
    await switchback('project', ...what, '--out', folder);
    const { units } = JSON.parse(await readFile(path.join(folder, 'result.json'), 'utf8')) as {
      units: (Omit<ProjectedTile, 'picture'> & { image: string | null })[];
    };
    return await Promise.all(
      units.map(async ({ image: file, ...unit }) =>
        file === null ? unit : { ...unit, picture: PNG.sync.read(await readFile(path.join(folder, file))) },
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The filters of a layer as one picture. */
export async function filterSheet(model: string, layer: string, columns?: number): Promise<PNG> {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchback-filters-'));
  try {
    const inRow = columns === undefined ? [] : ['--columns', `${columns}`];
    await switchback('filters', '--model', model, '--layer', layer, ...inRow, '--out', folder);
    return PNG.sync.read(await readFile(path.join(folder, 'filters.png')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function switchback(...args: string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [path.join(repository, 'dist/cli.js'), ...args]);
  return stdout;
}

/** The probability of the most probable class for every window of a sweep with the usual square. */
export async function occludeByCommandLine(subject: {
  readonly model: string;
  readonly image: string;
}): Promise<Float32Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchback-cli-'));
  try {
    await switchback('occlude', '--model', subject.model, '--image', subject.image, '--out', folder);
    return toFloat32(readNpy(await readFile(path.join(folder, 'probability.npy'))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
