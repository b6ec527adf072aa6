import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openNetwork } from '../../src/core/network';
import { peakNames } from '../../src/core/rewrite/peaks';
import { argMax } from '../../src/core/tensor/argMax';
import { sizeOf } from '../../src/core/tensor/tensor';
import { createForwards } from '../../src/engine/forwards';
import { readSidecar } from '../../src/engine/modelFiles';
import { readModel } from '../../src/engine/readModel';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { gaussians, seededRandom } from '../support/random';
import { relativeDifference } from '../support/recording';
import { sharedModels } from '../support/sharedMaterial';
import { smallNet } from '../support/smallNet';

const runtime = onnxRuntime({ threads: 0 });
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

function small() {
  const network = openNetwork(smallNet());
  const forwards = createForwards(network, 'small', runtime);
  closing.push(forwards.close);
  return { network, forwards, size: sizeOf(network.input.dims) };
}

const relu3 = 'relu3_output_0';
const softmax = 'softmax_output_0';

describe('a batched forward pass', () => {
  it('gives any number of images what each gets alone, also beyond one pass', async () => {
    const { forwards, size } = small();
    const forward = await forwards.open({ tensors: [relu3, softmax] });
    const images = forward.batch + 3;
    const input = gaussians(seededRandom(1), images * size);
    const together = await forward.run(input);
    expect(together.get(softmax)!.length).toBe(images * 4);
    for (const i of [0, forward.batch - 1, forward.batch, images - 1]) {
      const alone = await forward.run(input.slice(i * size, (i + 1) * size));
      for (const [name, values] of alone) {
        const share = together.get(name)!.subarray(i * values.length, (i + 1) * values.length);
        expect(relativeDifference(share, values)).toBeLessThan(1e-5);
      }
    }
  });

  it('goes on from a tensor in the middle', async () => {
    const { forwards, size } = small();
    const whole = await forwards.open({ tensors: [relu3, softmax] });
    const rest = await forwards.open({ from: relu3, tensors: [softmax] });
    const values = await whole.run(gaussians(seededRandom(2), 5 * size));
    const again = await rest.run(values.get(relu3)!);
    expect(relativeDifference(again.get(softmax)!, values.get(softmax)!)).toBeLessThan(1e-6);
  });

  it('finds the strongest activation of every map, and where it is, without giving the maps out', async () => {
    const { network, forwards, size } = small();
    const tensors = network.layers.map(({ tensor }) => tensor);
    const input = gaussians(seededRandom(5), 3 * size);
    // The second image is black: its maps are the same everywhere, and the first position stands for all.
    input.fill(0, size, 2 * size);
    const maps = await (await forwards.open({ tensors })).run(input);
    const peaks = await (await forwards.open({ tensors: [softmax], peaks: tensors })).run(input);
    expect(peaks.get(softmax)).toHaveLength(12);
    for (const tensor of tensors) {
      const grid = network.resolved.grids.get(tensor)!;
      const names = peakNames(tensor, grid);
      const values = maps.get(tensor)!;
      const plane = grid.height * grid.width;
      const best = Array.from({ length: 3 * grid.maps }, (_, map) => argMax(values, map * plane, plane));
      const positions = names.positions === null ? best.map(() => 0) : [...peaks.get(names.positions)!];
      expect(positions).toEqual(best);
      const maxima = best.map((position, map) => values[map * plane + position]!);
      expect(relativeDifference(peaks.get(names.maxima)!, Float32Array.from(maxima))).toBeLessThan(1e-6);
    }
  });

  it('refuses a part that also depends on the image by another way', async () => {
    const { forwards } = small();
    await expect(forwards.open({ from: relu3, tensors: ['relu2_output_0'] })).rejects.toMatchObject({
      code: 'not-separable',
    });
  });

  it('refuses an array that is no whole number of images', async () => {
    const { forwards, size } = small();
    const forward = await forwards.open({ tensors: [softmax] });
    await expect(forward.run(new Float32Array(size + 1))).rejects.toThrow(RangeError);
  });
});

/** Models whose graphs cannot be shown to keep images apart: they run one image at a time. */
const singles = ['shufflenetv2-fastestdet.onnx'];

const models = sharedModels().filter((file) => !/candy|fp16/.test(file));

describe.skipIf(models.length === 0)('models as they are published', () => {
  it.each(models.map((file) => ({ name: path.basename(file), file })))(
    'give a batch what single images get: $name',
    async ({ name, file }) => {
      const { graph } = await readModel(file);
      const inputSize = (await readSidecar(file))?.preprocess?.crop ?? undefined;
      const network = openNetwork(graph, { inputSize });
      const forwards = createForwards(network, name, runtime);
      expect(forwards.single() !== null).toBe(singles.includes(name));
      const tensor = network.classifier?.logits ?? network.layers.at(-1)!.tensor;
      const forward = await forwards.open({ tensors: [tensor] });
      const size = sizeOf(network.input.dims);
      const input = gaussians(seededRandom(4), 2 * size);
      const together = (await forward.run(input)).get(tensor)!;
      const second = (await forward.run(input.slice(size))).get(tensor)!;
      await forwards.close();
      expect(relativeDifference(together.subarray(second.length), second)).toBeLessThan(1e-5);
    },
    60_000,
  );
});
