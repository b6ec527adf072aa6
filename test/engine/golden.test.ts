import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readImage } from '../../src/engine/images';
import { preprocess } from '../../src/core/imaging/preprocess';
import { plainProducts } from '../../src/core/deconvnet/products';
import type { FloatTensor } from '../../src/core/tensor/tensor';
import { projectUnits } from '../../src/engine/projectUnits';
import { recordInput, type Recorded } from '../../src/engine/recorded';
import { withGoldenSwitches } from './roundedSwitches';
import { floatArray, hasShared, newService, shared } from './support';

interface GoldenUnit {
  readonly tensor: string;
  readonly map: number;
  readonly position: readonly [number, number];
  readonly activation: number;
  readonly row: number;
  readonly absmax: number;
}

interface Golden {
  readonly image: string;
  readonly input: string;
  readonly top5: readonly (readonly [index: number, label: string, probability: number])[];
  readonly units: readonly GoldenUnit[];
}

const models = hasShared ? ['squeezenet1.1', 'googlenet', 'mobilenetv2'] : [];
const service = newService();
const signal = new AbortController().signal;

/** The projection placed in the whole input, as the golden arrays hold it. */
async function wholeProjection(recorded: Recorded, unit: GoldenUnit) {
  const [, channels = 0, height = 0, width = 0] = recorded.input.dims;
  const request = { layer: unit.tensor, units: [{ map: unit.map }], method: 'deconvnet' } as const;
  for await (const { projection } of projectUnits(recorded, request, signal)) {
    const { visible: box, values } = projection;
    const whole = new Float32Array(channels * height * width);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < box.height; y++) {
        const row = values.subarray((c * box.height + y) * box.width, (c * box.height + y + 1) * box.width);
        whole.set(row, (c * height + box.top + y) * width + box.left);
      }
    }
    return { ...projection, whole };
  }
  throw new Error('no projection');
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** How alike two projections are, 1 where they are the same up to a factor. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return product / Math.sqrt(left * right);
}

// A file without any test would fail.
it.runIf(hasShared)('has the shared models to compare with', () => expect(models).not.toEqual([]));

describe.skipIf(!hasShared).each(models)('%s against an independent implementation', (name) => {
  const golden = JSON.parse(readFileSync(shared(`golden/${name}.json`), 'utf8')) as Golden;
  const input = floatArray(shared(`golden/${golden.input}`));
  const rows = floatArray(shared(`golden/${name}.projections.npy`));
  const model = shared(`models/${name}.onnx`);
  const size = input.data.length;
  const recordedInput = (tensor: FloatTensor) =>
    service.models.use(model, async (open) => recordInput(open, await open.recorder(), tensor));

  it('gives the same five best classes', async () => {
    const { top } = await recordedInput(input);
    expect(top.map(({ index, label }) => [index, label])).toEqual(
      golden.top5.map(([index, label]) => [index, label.replace(/^n\d+ /, '')]),
    );
    golden.top5.forEach(([, , probability], i) => expect(top[i]?.probability).toBeCloseTo(probability, 4));
  });

  it.each(golden.units)('projects $tensor map $map from the given input', async (unit) => {
    const given = await recordedInput(input);
    const recorded = { ...given, recording: withGoldenSwitches(given.recording, name) };
    const plain = { ...recorded, model: { ...recorded.model, products: plainProducts } };
    const expected = rows.data.subarray(unit.row * size, (unit.row + 1) * size);
    for (const products of [recorded, plain]) {
      const { position, activation, whole } = await wholeProjection(products, unit);
      expect(position).toEqual(unit.position);
      expect(Math.abs(activation - unit.activation)).toBeLessThanOrEqual(1e-4 * Math.abs(unit.activation));
      expect(largestDifference(whole, expected)).toBeLessThanOrEqual(1e-4 * unit.absmax);
    }
  });

  it('prepares the picture as the training pipeline did', async () => {
    const { summary } = await service.models.use(model, async (open) => open);
    const picture = await readImage(shared(golden.image), summary.preprocessing);
    const { data } = preprocess(picture, summary.preprocessing);
    let sum = 0;
    const plane = size / 3;
    for (let i = 0; i < size; i++) {
      const std = summary.preprocessing.std[Math.floor(i / plane)]! / summary.preprocessing.scale;
      sum += Math.abs(data[i]! - input.data[i]!) * std;
    }
    expect(sum / size).toBeLessThan(0.1);
  });

  it.each(golden.units)('projects $tensor map $map from the picture', async (unit) => {
    const recorded = await service.recordings.of({ model, image: shared(golden.image) }, { signal });
    const { activation, position, whole } = await wholeProjection(recorded, unit);
    const expected = rows.data.subarray(unit.row * size, (unit.row + 1) * size);
    expect(position).toEqual(unit.position);
    expect(Math.abs(activation / unit.activation - 1)).toBeLessThan(0.01);
    expect(cosine(whole, expected)).toBeGreaterThan(0.97);
  });
});

afterAll(() => models.forEach((name) => service.models.forget(shared(`models/${name}.onnx`))));
