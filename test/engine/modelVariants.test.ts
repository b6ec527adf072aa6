import { onnx } from 'onnx-proto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import type { RecordingSummary } from '../../src/protocol/model';
import { withExternalData } from '../support/externalData';
import { graphBuilder } from '../support/graphBuilder';
import { smallNet } from '../support/smallNet';
import { context, hasShared, newService, shared, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const service = newService();
const image = path.join(folder, 'waves.png');

beforeAll(() => writePicture(image));

const record = (model: string): Promise<RecordingSummary> =>
  service.handlers.record({ model, image }, context());

/** A folder with a model whose weights are said to be at `location`. */
function externalModel(name: string, location: string): { model: string; data: Uint8Array } {
  mkdirSync(path.join(folder, name, 'weights'), { recursive: true });
  const { model, data } = withExternalData(smallNet(), location);
  const file = path.join(folder, name, 'net.onnx');
  writeFileSync(file, model);
  return { model: file, data };
}

describe('external data', () => {
  it('gives the same model as weights inside the file', async () => {
    const { model, data } = externalModel('good', 'weights/net.bin');
    writeFileSync(path.join(folder, 'good/weights/net.bin'), data);
    const inside = path.join(folder, 'inside.onnx');
    writeModel(inside, smallNet());
    const [actual, expected] = [await record(model), await record(inside)];
    expect(actual.layers).toEqual(expected.layers);
    expect(actual.top).toEqual(expected.top);
  });

  it('is read anew when it was replaced, or leads to another file', async () => {
    const { model, data } = externalModel('replaced', 'net.bin');
    const beside = (name: string) => path.join(folder, 'replaced', name);
    writeFileSync(beside('net.bin'), data);
    const hashes = [(await record(model)).model.hash];
    writeFileSync(beside('net.bin'), new Uint8Array(data.length));
    hashes.push((await record(model)).model.hash);
    writeFileSync(beside('weights/other.bin'), Buffer.concat([data, new Uint8Array(4)]));
    rmSync(beside('net.bin'));
    symlinkSync('weights/other.bin', beside('net.bin'));
    hashes.push((await record(model)).model.hash);
    expect(hashes[1]).not.toBe(hashes[0]);
    expect(hashes[2]).toBe(hashes[0]);
  });

  it('may be a link inside the folder of the model', async () => {
    const { model, data } = externalModel('link', 'net.bin');
    writeFileSync(path.join(folder, 'link/weights/real.bin'), data);
    symlinkSync('weights/real.bin', path.join(folder, 'link/net.bin'));
    expect((await record(model)).layers).toHaveLength(4);
  });

  it.each([
    ['a missing file', 'missing', 'net.bin', 'external-data-missing', () => undefined],
    ['a folder', 'directory', 'weights', 'external-data-missing', () => undefined],
    [
      'a file that ends too early',
      'short',
      'net.bin',
      'external-data-short',
      (data: Uint8Array) => writeFileSync(path.join(folder, 'short/net.bin'), data.subarray(0, 100)),
    ],
    [
      'a link that leads outside',
      'escape',
      'net.bin',
      'external-data-escapes',
      (data: Uint8Array) => {
        writeFileSync(path.join(folder, 'outside.bin'), data);
        symlinkSync('../outside.bin', path.join(folder, 'escape/net.bin'));
      },
    ],
    [
      'a linked folder that leads outside',
      'folderlink',
      'away/net.bin',
      'external-data-escapes',
      (data: Uint8Array) => {
        mkdirSync(path.join(folder, 'elsewhere'));
        writeFileSync(path.join(folder, 'elsewhere/net.bin'), data);
        symlinkSync('../elsewhere', path.join(folder, 'folderlink/away'));
      },
    ],
    ['a name with ..', 'dots', '../outside.bin', 'external-data-escapes', () => undefined],
    [
      'an absolute name',
      'absolute',
      path.join(folder, 'outside.bin'),
      'external-data-escapes',
      () => undefined,
    ],
  ])('is refused from %s, naming the file', async (_, name, location, code, prepare) => {
    const { model, data } = externalModel(name, location);
    rmSync(path.join(folder, name, 'net.bin'), { force: true });
    prepare(data);
    const error: unknown = await record(model).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).code).toBe(code);
    expect((error as UserError).message).toContain(location);
  });

  it.each([
    ['that is missing', 'net.bin', ['net.bin']],
    ['in a folder that is missing', 'later/net.bin', ['later/net.bin']],
    ['outside of the folder of the model', '../missing.bin', []],
  ])('%s is named with the failure as far as it may be read later', async (name, location, missed) => {
    const { model } = externalModel(name, location);
    const error: unknown = await record(model).catch((reason: unknown) => reason);
    expect((error as UserError).files).toEqual(missed.map((file) => path.join(folder, name, file)));
  });
});

/** The nearest half towards zero, as its 16 bits. */
function toHalf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const exponent = ((bits >> 23) & 255) - 112;
  if (exponent <= 0) return 0;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 1023);
}

/** The number a half stands for. */
const fromHalf = (value: number): number => {
  const half = toHalf(value);
  return (
    (half & 0x8000 ? -1 : 1) *
    (half & 0x7fff ? (1 + (half & 1023) / 1024) * 2 ** (((half >> 10) & 31) - 15) : 0)
  );
};

describe('half precision', () => {
  it('in weights, input and output computes as float32 with the same weights', async () => {
    const graph = smallNet();
    const rounded = new Map(
      [...graph.constants].map(([name, tensor]) => [
        name,
        { ...tensor, data: Float32Array.from(tensor.data as Float32Array, fromHalf) } as typeof tensor,
      ]),
    );
    const single = path.join(folder, 'single.onnx');
    writeModel(single, { ...graph, constants: rounded });
    const model = onnx.ModelProto.decode(encodeOnnx(graph));
    for (const tensor of model.graph!.initializer!) {
      const floats = new Float32Array(Uint8Array.from(tensor.rawData!).buffer);
      tensor.dataType = onnx.TensorProto.DataType.FLOAT16;
      tensor.rawData = new Uint8Array(Uint16Array.from(floats, toHalf).buffer);
    }
    for (const { type } of [...model.graph!.input!, ...model.graph!.output!]) {
      type!.tensorType!.elemType = onnx.TensorProto.DataType.FLOAT16;
    }
    const half = path.join(folder, 'half.onnx');
    writeFileSync(half, onnx.ModelProto.encode(model).finish());
    const [actual, expected] = [await record(half), await record(single)];
    expect(actual.layers).toEqual(expected.layers);
    expect(actual.top).toEqual(expected.top);
  });

  it.skipIf(!hasShared)('sees the same three cats as the model in single precision', async () => {
    const run = (model: string) =>
      service.handlers.record(
        { model: shared(`models/${model}.onnx`), image: shared('data/images/skimage_chelsea.png') },
        context(),
      );
    const [half, single] = [await run('squeezenet1.1-fp16'), await run('squeezenet1.1')];
    const best = ({ top }: RecordingSummary) =>
      top
        .slice(0, 3)
        .map(({ label }) => label)
        .sort();
    expect(best(half)).toEqual(best(single));
  });
});

describe('open dimensions', () => {
  function openNet(declared: readonly (number | string | null)[]): Graph {
    const g = graphBuilder({ input: [1, 3, 40, 40], declared });
    const features = g.relu(g.conv(g.input, { name: 'conv1', out: 8, kernel: 3, stride: 2 }));
    const pooled = g.globalAveragePool(g.relu(g.conv(features, { name: 'conv2', out: 6, kernel: 3 })));
    return g.build({ outputs: [g.flatten(pooled)] });
  }

  it.each([
    ['batch', ['N', 3, 40, 40], undefined, [40, 40]],
    ['batch without a name', [null, 3, 40, 40], undefined, [40, 40]],
    ['height and width', ['N', 3, 'H', 'W'], [33, 65], [33, 65]],
    ['height and width, undeclared', [1, 3, null, null], undefined, [224, 224]],
  ] as const)(
    '%s: the model is run at the size of its sidecar',
    async (name, declared, crop, [height, width]) => {
      const model = path.join(folder, `open ${name}.onnx`);
      writeModel(model, openNet(declared));
      if (crop)
        writeFileSync(model.replace('.onnx', '.switchback.json'), JSON.stringify({ preprocess: { crop } }));
      const { input, model: summary, layers } = await record(model);
      expect([input.height, input.width]).toEqual([height, width]);
      expect(summary.inputShape).toEqual([3, height, width]);
      expect(summary.layers[0]?.shape).toEqual([
        8,
        Math.floor((height - 3) / 2) + 1,
        Math.floor((width - 3) / 2) + 1,
      ]);
      expect(layers[1]?.maxima).toHaveLength(6);
    },
  );

  it('an odd fixed size is taken as it is', async () => {
    const g = graphBuilder({ input: [1, 3, 37, 53] });
    const graph = g.build({
      outputs: [g.relu(g.conv(g.input, { name: 'conv1', out: 4, kernel: 5, stride: 3 }))],
    });
    const model = path.join(folder, 'odd.onnx');
    writeModel(model, graph);
    const { input, top } = await record(model);
    expect([input.height, input.width, top.length]).toEqual([37, 53, 0]);
  });
});

describe('operators that only the runtime knows', () => {
  it('are measured, so that the layers behind them are listed and recorded', async () => {
    const g = graphBuilder({ input: [1, 3, 16, 16] });
    const first = g.relu(g.conv(g.input, { name: 'conv1', out: 4, kernel: 3 }));
    const strange = g.node('MeanVarianceNormalization', [first], { name: 'strange' });
    const graph = g.build({ outputs: [g.relu(g.conv(strange, { name: 'conv2', out: 5, kernel: 3 }))] });
    const model = path.join(folder, 'strange.onnx');
    writeModel(model, graph);
    const { model: summary, layers } = await record(model);
    expect(summary.layers.map(({ label, shape }) => [label, shape])).toEqual([
      ['conv1', [4, 14, 14]],
      ['conv2', [5, 12, 12]],
    ]);
    expect(summary.layers[1]?.faithfulness.deconvnet).toMatchObject({
      status: 'refused',
      nodes: [{ node: 'strange' }],
    });
    expect(layers[1]?.maxima).toHaveLength(5);
  });
});

describe.skipIf(!hasShared)('the trained models of other exporters', () => {
  it.each([
    'candy-style-transfer',
    'darknet-tiny',
    'mini-xception-fer2013',
    'mnist-lenet',
    'mobilenetv1-0.25-128',
    'mobilenetv3-se-ppocr-cls',
    'pytorch-cifar10',
    'resnet8-cifar10',
    'shufflenetv2-fastestdet',
    'tinyvgg',
    'vgg16-blocks1-3',
  ])('%s is recorded, and every layer projects or says why not', async (name) => {
    const model = shared(`models/${name}.onnx`);
    const picture = shared('data/images/coral_cat_720p.jpg');
    const {
      model: summary,
      layers,
      warnings,
    } = await service.handlers.record({ model, image: picture }, context());
    expect(warnings).toEqual([]);
    expect(layers.length).toBeGreaterThan(0);
    const last = summary.layers
      .filter(({ faithfulness }) => faithfulness.deconvnet.status !== 'refused')
      .at(-1);
    const refused = summary.layers.filter(({ faithfulness }) => faithfulness.deconvnet.status === 'refused');
    for (const { faithfulness } of refused) expect(faithfulness.deconvnet.nodes[0]?.reason).not.toBe('');
    if (!last) return;
    const units = [{ map: 0 }, { map: 1 }];
    const request = { model, image: picture, layer: last.label, units, method: 'deconvnet' } as const;
    const seen: string[] = [];
    await service.handlers.project(
      request,
      context((unit) => seen.push(unit.status)),
    );
    expect(seen).toHaveLength(2);
    await service.handlers.forget({ model }, context());
  });
});
