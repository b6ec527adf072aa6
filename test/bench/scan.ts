// Measures scans of a folder against forward passes alone and writes the figures into the README: npm run bench:scan
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { preprocess } from '../../src/core/imaging/preprocess';
import { readImage } from '../../src/engine/images';
import type { OpenModel } from '../../src/engine/openModel';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService } from '../../src/engine/service';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import { median } from './measure';
import { root } from './models';
import { report } from './readme';
import { rate, table } from './tables';

const IMAGES = 256;
const REPEATS = 3;

const models = [
  { name: 'bundled ZFNet', model: path.join(root, 'media/zfnet/zfnet.onnx') },
  { name: 'SqueezeNet 1.1', model: path.join(root, '../shared/models/squeezenet1.1.onnx') },
  { name: 'GoogLeNet', model: path.join(root, '../shared/models/googlenet.onnx') },
];

const { signal } = new AbortController();

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-scan-'));
try {
  const pictures = path.join(folder, 'pictures');
  await writePictures(pictures);
  const rows: string[][] = [];
  for (const { name, model } of models.filter(({ model: file }) => existsSync(file))) {
    console.error(`${name} …`);
    rows.push(await measure(name, model, pictures));
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const head = ['images a second', 'scan', 'forward pass alone', 'ratio', 'peak memory'];
  report(
    'scan',
    `Measured by \`npm run bench:scan\` on ${machine}, ${IMAGES} JPEGs of 300 x 200. Medians of three.\n\n${table([head, ...rows])}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In turn, so that what else the machine does meets both. */
async function measure(name: string, model: string, pictures: string): Promise<string[]> {
  const service = createService(onnxRuntime({ threads: 0 }));
  return service.models.use(model, async (open) => {
    const [alone, scans]: [number[], number[]] = [[], []];
    // The first scan opens the session.
    await scanRate(open, pictures, path.join(folder, `${name}.warm`));
    for (let i = 0; i < REPEATS; i++) {
      alone.push(await forwardRate(open, pictures));
      scans.push(await scanRate(open, pictures, path.join(folder, `${name}.${i}`)));
    }
    const ratio = median(scans) / median(alone);
    const peak = `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
    return [name, rate(median(scans)), rate(median(alone)), `${ratio.toFixed(2)}x`, peak];
  });
}

/** JPEGs of the size of Caltech-101's. */
async function writePictures(folder: string): Promise<void> {
  mkdirSync(folder);
  const [height, width] = [200, 300];
  for (let image = 0; image < IMAGES; image++) {
    const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
      const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return 128 + 60 * Math.sin((x + image) / (7 + channel)) + 60 * Math.cos((y * (x + 7 * image)) / 900);
    });
    const raw = { height, width, channels: 3 } as const;
    await sharp(pixels, { raw })
      .jpeg()
      .toFile(path.join(folder, `${image}.jpg`));
  }
}

/** The network's outputs alone, of pictures that are decoded already, in passes of the size that pays. */
async function forwardRate({ network, forwards, summary }: OpenModel, pictures: string): Promise<number> {
  const { classifier, layers } = network;
  const output = classifier?.probabilities ?? classifier?.logits ?? layers.at(-1)!.tensor;
  const forward = await forwards.open({ tensors: [output] });
  const inputs: Float32Array[] = [];
  for (let image = 0; image < IMAGES; image++) {
    const picture = await readImage(path.join(pictures, `${image}.jpg`), summary.preprocessing);
    inputs.push(preprocess(picture, summary.preprocessing).data);
  }
  const batches = Array.from({ length: Math.ceil(IMAGES / forward.batch) }, (_, i) => {
    const batch = inputs.slice(i * forward.batch, (i + 1) * forward.batch);
    const joined = new Float32Array(batch.length * inputs[0]!.length);
    batch.forEach((input, at) => joined.set(input, at * input.length));
    return joined;
  });
  await forward.run(batches[0]!);
  const start = performance.now();
  for (const batch of batches) await forward.run(batch);
  return (1000 * IMAGES) / (performance.now() - start);
}

/** Decoding, the strongest activation of every map of every layer, and the index on disk. */
async function scanRate(open: OpenModel, pictures: string, index: string): Promise<number> {
  const start = performance.now();
  const scanning = scanFolder(open, { folder: pictures, index, k: 9, each: 1 }, signal);
  while (!(await scanning.next()).done);
  return (1000 * IMAGES) / (performance.now() - start);
}
