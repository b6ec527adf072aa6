// Measures the engine as a panel uses it and writes the figures into the README: npm run bench
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { zfnet } from '../support/zfnet';
import { measureModel, type Subject } from './measure';
import { measureTorch } from './torch';
import { renderTables, type Row } from './tables';

const root = path.resolve(import.meta.dirname, '../..');
const readme = path.join(root, 'README.md');
const MARKERS = ['<!-- bench:start -->', '<!-- bench:end -->'] as const;

interface Benchmark {
  readonly name: string;
  readonly model: string;
  /** What the PyTorch script calls it, and the size of its input. */
  readonly torch: 'zfnet' | 'squeezenet';
  readonly size: number;
  readonly layers: readonly string[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-bench-'));
try {
  const rows: Row[] = [];
  for (const benchmark of benchmarks()) {
    console.error(`${benchmark.name} …`);
    const subject: Subject = { model: benchmark.model, image: await writeImage() };
    const measured = await measureModel(path.join(root, 'dist/engine.js'), subject, benchmark.layers);
    const torch = measureTorch(path.join(root, 'test/bench/torch_projection.py'), benchmark);
    rows.push({ name: benchmark.name, layers: benchmark.layers, measured, torch });
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  report(renderTables(rows, machine));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function benchmarks(): Benchmark[] {
  const figure3 = path.join(folder, 'zfnet.onnx');
  writeFileSync(figure3, encodeOnnx(zfnet()));
  const squeezenet = path.join(root, '../shared/models/squeezenet1.1.onnx');
  const fires = [2, 3, 4, 5, 6, 7, 8, 9].map((fire) => `fire${fire}/expand3x3`);
  const all: Benchmark[] = [
    {
      name: 'ZFNet (figure 3)',
      model: figure3,
      torch: 'zfnet',
      size: 224,
      layers: ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'],
    },
    {
      name: 'SqueezeNet 1.1',
      model: squeezenet,
      torch: 'squeezenet',
      size: 227,
      layers: ['conv1', ...fires, 'conv10'],
    },
  ];
  return all.filter(({ name, model }) => {
    if (existsSync(model)) return true;
    console.error(`skipped: ${name}, there is no ${path.relative(root, model)}`);
    return false;
  });
}

/** A photograph of a camera's proportions would only measure its decoding: this is a plain 640 x 480 picture. */
async function writeImage(): Promise<string> {
  const [height, width] = [480, 640];
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 60 * Math.sin(x / (7 + channel)) + 60 * Math.cos((y * (x + 100)) / 900);
  });
  const file = path.join(folder, 'picture.png');
  await sharp(pixels, { raw: { height, width, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

function report(tables: string): void {
  process.stdout.write(`${tables}\n`);
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const [start, end] = MARKERS.map((marker) => text.indexOf(marker)) as [number, number];
  if (start < 0 || end < start) {
    console.error(`README.md has no ${MARKERS.join(' … ')}: nothing written.`);
    return;
  }
  const before = text.slice(0, start + MARKERS[0].length);
  writeFileSync(readme, `${before}\n\n${tables}\n\n${text.slice(end)}`);
}
