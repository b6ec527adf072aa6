import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { zfnet } from '../support/zfnet';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Benchmark {
  readonly name: string;
  readonly model: string;
  /** What the PyTorch script calls it, and the size of its input. */
  readonly torch: 'zfnet' | 'squeezenet';
  readonly size: number;
  readonly layers: readonly string[];
}

/** The models that are measured, as far as they are there; `folder` is for those that have to be written first. */
export function benchmarks(folder: string): Benchmark[] {
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
export async function writeImage(folder: string): Promise<string> {
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
