import { execFile } from 'node:child_process';
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import { readNpy } from '../../src/core/formats/npy';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import { floatTensor, toFloat32, type FloatTensor } from '../../src/core/tensor/tensor';
import { openRuntime } from '../../src/engine/runtimes/openRuntime';
import { runtimeOptions } from '../../src/engine/runtimeEnvironment';
import { createService, type Service } from '../../src/engine/service';

const sharedFolder = path.resolve(import.meta.dirname, '../../../shared');

/** Whether the trained models and golden arrays are there, which the project does not ship. */
export const hasShared = existsSync(path.join(sharedFolder, 'models'));

if (!hasShared) console.warn(`skipped: tests that need ${sharedFolder}, which is absent`);

export function shared(name: string): string {
  return path.join(sharedFolder, name);
}

export function floatArray(file: string): FloatTensor {
  const tensor = readNpy(readFileSync(file), file);
  return floatTensor(tensor.dims, toFloat32(tensor));
}

/** As SWITCHBACK_RUNTIME names it, so that every engine test can run on each runtime. */
const options = runtimeOptions(process.env);
export const runtimeName = options.runtime;

/** A service on that runtime. */
export function newService(): Service {
  return createService(openRuntime(options));
}

/** Calls a handler as the pump would. */
export const context = <P>(
  progress: (value: P) => void = () => undefined,
): { signal: AbortSignal; progress: (value: P) => Promise<void> } => ({
  signal: new AbortController().signal,
  progress: async (value) => progress(value),
});

const root = path.resolve(import.meta.dirname, '../..');
const bundles: string[] = [];

afterAll(() => bundles.forEach((file) => rmSync(file, { force: true })));

/** Bundles an entry as the build does, into a folder from which native packages are found. Returns the file. */
export async function bundle(entry: string): Promise<string> {
  const outfile = path.join(
    root,
    `node_modules/.cache/switchback-tests/${process.pid}-${path.basename(path.dirname(entry))}.mjs`,
  );
  await build({
    entryPoints: [path.join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['node-sqlite3-wasm', 'onnxruntime-node', 'onnxruntime-web', 'sharp'],
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
    logLevel: 'error',
  });
  bundles.push(outfile);
  return outfile;
}

/** A folder for one test file, removed when the tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchback-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Seeded waves in three colours: a picture with edges of all directions. */
export function wavesPicture(height: number, width: number): Uint8Array {
  const rgb = new Uint8Array(height * width * 3);
  for (let i = 0; i < rgb.length; i++) {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    rgb[i] = 128 + 100 * Math.sin(x / (3 + channel) + (y * y) / (40 + 10 * channel));
  }
  return rgb;
}

export async function writePicture(file: string, { height = 60, width = 80 } = {}): Promise<void> {
  await sharp(wavesPicture(height, width), { raw: { height, width, channels: 3 } }).toFile(file);
}

export function writeModel(file: string, graph: Graph): void {
  writeFileSync(file, encodeOnnx(graph));
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled command line in a folder. */
export function commandLine(entry: () => string, cwd: string): (...args: string[]) => Promise<Run> {
  return (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [entry(), ...args], { cwd }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
}

const NOBODY = 65_534;

/** Runs `body` as somebody who may not read everything, also where it is root who runs the tests. */
export async function unprivileged<T>(body: () => Promise<T>): Promise<T> {
  const me = process.geteuid?.();
  if (me === 0) process.seteuid?.(NOBODY);
  try {
    return await body();
  } finally {
    if (me === 0) process.seteuid?.(me);
  }
}
