import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { seededRandom } from '../../support/random';
import { zfnet } from '../../support/zfnet';

export interface Workspace {
  readonly folder: string;
  file(name: string): string;
  remove(): Promise<void>;
}

export interface WorkspaceOptions {
  /** What `model.onnx` holds; a narrow ZFNet with seeded weights where left out. */
  readonly model?: Uint8Array | string;
}

/** The workspaces that are still there. */
export const madeWorkspaces = new Set<Workspace>();

/** A folder as a user would open it: one model, two pictures, some text. */
export async function makeWorkspace({ model = narrowZfnet() }: WorkspaceOptions = {}): Promise<Workspace> {
  const parent = await realpath(await mkdtemp(path.join(tmpdir(), 'switchback-')));
  const folder = path.join(parent, 'workspace');
  const file = (name: string) => path.join(folder, name);
  await mkdir(folder);
  await Promise.all([
    writeFile(file('model.onnx'), model),
    writeFile(file('discs.png'), drawDiscs(1)),
    writeFile(file('stripes.png'), drawStripes()),
    writeFile(file('notes.txt'), 'Which maps see the discs?\n'),
  ]);
  const workspace: Workspace = {
    folder,
    file,
    remove: () => {
      madeWorkspaces.delete(workspace);
      return rm(parent, { recursive: true, force: true });
    },
  };
  madeWorkspaces.add(workspace);
  return workspace;
}

export function narrowZfnet(): Uint8Array {
  return encodeOnnx(zfnet({ width: 1 / 8, classes: 10 }));
}

const size = 256;

type Colour = readonly [red: number, green: number, blue: number];

function drawDiscs(seed: number): Buffer {
  const random = seededRandom(seed);
  const discs = Array.from({ length: 24 }, () => ({
    x: random() * size,
    y: random() * size,
    radius: 10 + random() * 30,
    colour: [random() * 255, random() * 255, random() * 255] as const,
  }));
  return draw((x, y) => {
    const disc = discs.findLast((each) => Math.hypot(each.x - x, each.y - y) < each.radius);
    return disc?.colour ?? [x / 2, y / 2, 120];
  });
}

function drawStripes(): Buffer {
  return draw((x, y) => {
    const wave = Math.sin((x + y * (1 + x / size)) / 6);
    return [128 + 100 * wave, 128 - 100 * wave, y];
  });
}

function draw(colourAt: (x: number, y: number) => Colour): Buffer {
  const png = new PNG({ width: size, height: size });
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) png.data.set([...colourAt(x, y), 255], 4 * (y * size + x));
  }
  return PNG.sync.write(png);
}
