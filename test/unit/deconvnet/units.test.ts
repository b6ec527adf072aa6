import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainProducts } from '../../../src/core/deconvnet/products';
import { project, type Unit } from '../../../src/core/deconvnet/project';
import { layerMaxima, tensorOf, type Recording } from '../../../src/core/deconvnet/record';
import { UserError } from '../../../src/core/errors';
import { openProducts, type ProductRunner } from '../../../src/engine/runtimes/products';
import { projectWhole, recordGraph, relativeDifference, runtime } from '../../support/recording';
import { smallNet } from '../../support/smallNet';
import { zfnet } from '../../support/zfnet';

let recording: Recording;
let products: ProductRunner;

beforeAll(async () => {
  products = await openProducts(runtime);
  recording = await recordGraph(smallNet());
});

afterAll(() => products.close());

const layer = (label: string) => recording.network.layers.find((found) => found.label === label)!;

/** Every unit of a layer that is active, and two that are not. */
function everyUnit(label: string): Unit[] {
  const { tensor, shape } = layer(label);
  const [maps = 0, height = 1, width = 1] = shape;
  const values = recording.features.get(tensor)!;
  const all = Array.from({ length: maps * height * width }, (_, element) => ({
    map: Math.floor(element / (height * width)),
    position: [Math.floor(element / width) % height, element % width] as const,
    active: values[element]! > 0,
  }));
  const silent = all.filter(({ active }) => !active).slice(0, 2);
  return [...all.filter(({ active }) => active), ...silent];
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('units of a request', () => {
  it.each(['conv2', 'conv3'])('give the same pictures together as one by one: %s', async (label) => {
    const { tensor } = layer(label);
    const units = everyUnit(label).filter((_, i) => i % 9 === 0);
    const together = await projectWhole(recording, tensor, units);
    expect(together.map(({ index }) => index)).toEqual(units.map((_, i) => i));
    for (const [i, unit] of units.entries()) {
      const [alone] = await projectWhole(recording, tensor, [unit]);
      expect({ ...together[i]!, index: 0 }).toEqual(alone);
    }
  });

  it('are the strongest ones that the summary names, also beside values that are no numbers', async () => {
    const { tensor } = layer('conv2');
    const values = Float32Array.from(recording.features.get(tensor)!);
    values.fill(NaN, 0, 3);
    const broken = { ...recording, features: new Map([...recording.features, [tensor, values]]) };
    const { maxima, positions, broken: noticed } = layerMaxima(broken, { tensor });
    const [strongest] = await projectWhole(broken, tensor, [{ map: 0 }]);
    expect(noticed).toBe(true);
    expect(strongest!.activation).toBe(maxima[0]);
    expect(strongest!.position).toEqual([Math.floor(positions[0]! / 12), positions[0]! % 12]);
    expect(strongest!.activation).not.toBeNaN();
  });

  it.each(['conv1', 'conv2', 'conv3', 'fc4'])('have the same pictures by the runtime: %s', async (label) => {
    const { tensor } = layer(label);
    const units = everyUnit(label).slice(0, 200);
    const plain = await projectWhole(recording, tensor, units);
    const fast = await projectWhole(recording, tensor, units, { products });
    fast.forEach(({ whole }, i) => expect(relativeDifference(whole, plain[i]!.whole)).toBeLessThan(1e-5));
  });

  it('default to the strongest of the map and its own activation', async () => {
    const { tensor } = layer('conv2');
    const { maxima, positions } = layerMaxima(recording, layer('conv2'));
    const width = layer('conv2').shape[2]!;
    for (const [map, maximum] of maxima.entries()) {
      const position = [Math.floor(positions[map]! / width), positions[map]! % width] as const;
      const [own] = await projectWhole(recording, tensor, [{ map }]);
      expect(own).toMatchObject({ map, position, activation: maximum });
      const [said] = await projectWhole(recording, tensor, [{ map, position, seed: maximum }]);
      expect(said!.whole).toEqual(own!.whole);
    }
  });

  it('are scaled by the seed and by nothing else', async () => {
    const { tensor } = layer('conv3');
    const [one, three] = await projectWhole(recording, tensor, [
      { map: 2, seed: 1 },
      { map: 2, seed: 3 },
    ]);
    expect(
      relativeDifference(
        three!.whole,
        one!.whole.map((value) => 3 * value),
      ),
    ).toBeLessThan(1e-6);
  });

  it('have no picture where they are inactive, unless a seed is given', async () => {
    const { tensor } = layer('conv3');
    const silent = everyUnit('conv3').at(-1)!;
    const { map, position } = silent;
    const [inactive, seeded] = await projectWhole(recording, tensor, [
      silent,
      { map, position: position!, seed: 1 },
    ]);
    expect(inactive).toMatchObject({ status: 'inactive', activation: 0 });
    expect(inactive!.values.every((value) => value === 0)).toBe(true);
    expect(inactive!.visible).toEqual(seeded!.visible);
    expect(seeded!.status).toBe('ok');
    expect(seeded!.values.some((value) => value !== 0)).toBe(true);
  });

  it.each<[string, Unit]>([
    ['a map too far', { map: 16 }],
    ['a negative map', { map: -1 }],
    ['half a map', { map: 0.5 }],
    ['a row too far', { map: 0, position: [99, 0] }],
    ['a negative column', { map: 0, position: [0, -1] }],
    ['no number', { map: 0, position: [NaN, 0] }],
  ])('that do not exist are an error: %s', async (_name, unit) => {
    const { tensor } = layer('conv2');
    await expect(
      collect(project(recording, tensor, [unit], { method: 'deconvnet', products: plainProducts })),
    ).rejects.toThrow(UserError);
  });

  it('are none where none are asked for', async () => {
    expect(await projectWhole(recording, layer('conv2').tensor, [])).toEqual([]);
  });

  it('need their tensor to have been recorded', async () => {
    const tensor = tensorOf(recording.network, 'pool2');
    await expect(projectWhole(recording, tensor, [{ map: 0 }])).rejects.toThrow('were not recorded');
  });
});

describe('an aborted projection', () => {
  it('stops before the first unit', async () => {
    const signal = AbortSignal.abort();
    const projecting = project(recording, layer('conv2').tensor, [{ map: 0 }], {
      method: 'deconvnet',
      products: plainProducts,
      signal,
    });
    await expect(collect(projecting)).rejects.toThrow(/abort/i);
  });

  it('stops between two operators', async () => {
    const controller = new AbortController();
    let convolutions = 0;
    const counting = {
      ...plainProducts,
      convolution: (...args: Parameters<typeof plainProducts.convolution>) => {
        convolutions++;
        controller.abort();
        return plainProducts.convolution(...args);
      },
    };
    const projecting = project(recording, layer('conv3').tensor, [{ map: 0 }, { map: 1 }], {
      method: 'deconvnet',
      products: counting,
      signal: controller.signal,
    });
    await expect(collect(projecting)).rejects.toThrow(/abort/i);
    expect(convolutions).toBe(1);
  });

  it('stops between two batches', async () => {
    const controller = new AbortController();
    const units = Array.from({ length: 80 }, (_, i) => ({
      map: i % 12,
      position: [i % 23, 3] as const,
      seed: 1,
    }));
    const projecting = project(recording, layer('conv1').tensor, units, {
      method: 'deconvnet',
      products: plainProducts,
      signal: controller.signal,
    });
    let yielded = 0;
    await expect(
      (async () => {
        for await (const _ of projecting) if (++yielded === 1) controller.abort();
      })(),
    ).rejects.toThrow(/abort/i);
    expect(yielded).toBeLessThan(units.length);
  });
});

describe('names', () => {
  it('stand for layers, tensors, nodes; probabilities for their scores', () => {
    const { network } = recording;
    const scores = layer('fc4').tensor;
    expect(tensorOf(network, 'conv2')).toBe('relu2_output_0');
    expect(tensorOf(network, 'conv2_output_0')).toBe('conv2_output_0');
    expect(tensorOf(network, 'pool1')).toBe('pool1_output_0');
    expect(tensorOf(network, 'softmax')).toBe(scores);
    expect(tensorOf(network, 'softmax_output_0')).toBe(scores);
    for (const unknown of ['conv99', '', 'conv1.weight']) {
      expect(() => tensorOf(network, unknown)).toThrow(/no layer or tensor/);
    }
  });
});

/** The measure of the promise that a unit costs its receptive field and not the image. */
it('multiplies no more than the receptive field of a unit needs', async () => {
  const narrow = await recordGraph(zfnet({ width: 0.1 }));
  let largest = 0;
  const measuring = {
    ...plainProducts,
    convolution: (...[filters, signal]: Parameters<typeof plainProducts.convolution>) => {
      largest = Math.max(largest, signal.height, signal.width);
      return plainProducts.convolution(filters, signal);
    },
  };
  const { tensor } = narrow.network.layers.find(({ label }) => label === 'conv2')!;
  await projectWhole(narrow, tensor, [{ map: 3, position: [12, 12], seed: 1 }], { products: measuring });
  expect(largest).toBe(11);
});
