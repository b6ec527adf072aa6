import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { UserError } from '../../../../src/core/errors';
import { decodeTfjs } from '../../../../src/core/formats/tfjs/decode';
import { decodeFiles, saved, shardFiles, type TfjsFiles } from '../../../support/tfjsModels';
import { INPUT, integers, noise, string, tfGraph, whole } from '../../../support/tfGraphs';

const l = layers.layers;

/** The refusal of files, `undefined` where they are read. Anything else than a `UserError` is thrown on. */
function refusal(read: () => unknown): UserError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const decodeText = (text: string) =>
  decodeTfjs(new TextEncoder().encode(text), { file: 'model.json', shards: shardFiles({}) });

const graphModel = tfGraph({
  nodes: [
    { name: 'conv', op: 'Conv2D', input: [INPUT, 'kernel'], attr: { strides: integers(1, 1, 1, 1), dilations: integers(1, 1, 1, 1), padding: string('SAME') } },
    { name: 'relu', op: 'Relu', input: ['conv'] },
    { name: 'mean', op: 'Mean', input: ['relu', 'axes'], attr: { keep_dims: { b: false } } },
  ],
  weights: { kernel: noise(3, 3, 3, 4), axes: whole(1, 2) },
  output: 'mean',
}); // prettier-ignore

let layersModel: TfjsFiles;
beforeAll(async () => {
  const input = layers.input({ shape: [8, 8, 3], name: 'picture' });
  const conv = l.conv2d({ name: 'conv', filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' });
  const outputs = [conv, l.maxPooling2d({ name: 'pool', poolSize: 2 }), l.flatten({ name: 'flat' }), l.dense({ name: 'scores', units: 3 })]
    .reduce((x, layer) => layer.apply(x) as layers.SymbolicTensor, input); // prettier-ignore
  layersModel = await saved(layers.model({ inputs: input, outputs }));
});

/** The files with one piece of their text replaced, which must be there. */
function edited({ model, shards }: TfjsFiles, found: string, replacement: string): TfjsFiles {
  const text = JSON.stringify(model);
  if (!text.includes(found)) throw new Error(`${found} is not in ${text}`);
  return { model: JSON.parse(text.replace(found, replacement)) as TfjsFiles['model'], shards };
}

describe('a broken layers model gets one sentence', () => {
  test.each([
    ['a layer of an unknown class', '"class_name":"MaxPooling2D"', '"class_name":"MyPooling"', 'unsupported-layer', 'Layer "pool" (MyPooling)'],
    ['an unknown activation', '"activation":"relu"', '"activation":"mine"', 'unsupported-layer', '"mine"'],
    ['channels in front', '"data_format":"channels_last"', '"data_format":"channels_first"', 'unsupported-layer', 'data_format'],
    ['a stride of 0', '"strides":[1,1]', '"strides":[0,0]', 'unsupported-layer', 'strides'],
    ['a class that is no model', '"class_name":"Model"', '"class_name":"Ensemble"', 'bad-model-description', 'Ensemble'],
    ['a connection to nothing', '[["conv",0,0', '[["nothing",0,0', 'missing-tensor', 'nothing'],
    ['a circle', '[["picture",0,0', '[["pool",0,0', 'cyclic-graph', 'circle'],
    ['an input without a shape', '"batch_input_shape":[null,8,8,3],', '', 'bad-model-description', 'shape of its input'],
    ['weights of another layer', '"name":"conv/kernel"', '"name":"cone/kernel"', 'unsupported-layer', '"kernel"'],
    ['weights of whole numbers', '"shape":[3,3,3,4],"dtype":"float32"', '"shape":[3,3,3,4],"dtype":"int32"', 'bad-tensor-data', 'int32'],
    ['weights with too few axes', '"shape":[3,3,3,4]', '"shape":[27,4]', 'unsupported-layer', '2 axes instead of 4'],
    ['no topology', '"modelTopology":', '"topology":', 'bad-model-description', 'modelTopology'],
    ['no manifest', '"weightsManifest":', '"weights":', 'bad-model-description', 'manifest'],
  ])('%s', (_what, found, replacement, code, named) => {
    const { code: actual, message, hint } = refusal(() => decodeFiles(edited(layersModel, found, replacement)))!; // prettier-ignore
    expect(`${actual}: ${message}`).toContain(`${code}: `);
    expect(message).toContain(named);
    expect(message).not.toContain('\n');
    expect(hint).not.toBe('');
  }); // prettier-ignore
});

describe('a broken graph model gets one sentence', () => {
  test.each([
    ['an unknown operator', '"op":"Relu"', '"op":"TopKV2"', 'unsupported-layer', '"relu" (TopKV2)'],
    ['an input that nothing makes', '"input":["conv"]', '"input":["cone"]', 'bad-model-description', '"cone"'],
    ['a circle', '"input":["image","kernel"]', '"input":["relu","kernel"]', 'cyclic-graph', 'circle'],
    ['an open shape of its input', '"dim":[{"size":"-1"},{"size":"9"},{"size":"7"},{"size":"3"}]}}}},{"name":"conv"', '"unknownRank":true}}}},{"name":"conv"', 'bad-model-description', '"image"'],
    ['a kernel that is computed', '"input":["image","kernel"]', '"input":["image","image"]', 'unsupported-layer', 'not a constant'],
    ['a padding that is no text', `"s":"${Buffer.from('SAME').toString('base64')}"`, '"s":5', 'bad-model-description', '"conv"'],
    ['an axis that is not there', '"input":["relu","axes"]', '"input":["axes","relu"]', 'unsupported-layer', '"mean"'],
  ])('%s', (_what, found, replacement, code, named) => {
    const { code: actual, message } = refusal(() => decodeFiles(edited(graphModel, found, replacement)))!; // prettier-ignore
    expect(`${actual}: ${message}`).toContain(`${code}: `);
    expect(message).toContain(named);
  }); // prettier-ignore
});

describe('a file that is no model', () => {
  it.each(['{"modelTopology": ', '[]', '"modelTopology"', '{}', 'null', ''])('%j is refused', (text) => {
    expect(refusal(() => decodeText(text))).toBeInstanceOf(UserError);
  });

  it('with lists nested deeper than the stack is refused', () => {
    const nested = '['.repeat(200_000) + ']'.repeat(200_000);
    const text = `{"weightsManifest":[],"modelTopology":{"class_name":"Sequential","config":${nested}}}`;
    expect(refusal(() => decodeText(text))).toBeInstanceOf(UserError);
  });
});

/** Every place in a JSON value, as a list of keys. */
function placesIn(value: unknown, here: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [here];
  const inner = Object.entries(value).flatMap(([key, entry]) => placesIn(entry, [...here, key]));
  return here.length === 0 ? inner : [here, ...inner];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>; // prettier-ignore
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe('any one value replaced by another', () => {
  const odd = [null, undefined, -1, 0, 1.5, 1e300, '', '__proto__', 'constructor', '../x', [], {}, [[]], [null], [-1, -1, 5], true, { length: 5 }]; // prettier-ignore

  test.each(['layers', 'graph'] as const)('in a %s model gives a model or a sentence', (kind) => {
    const files = kind === 'layers' ? layersModel : graphModel;
    const places = placesIn(files.model);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...odd), (place, value) => {
        const model = replaced(files.model, place, value) as TfjsFiles['model'];
        refusal(() => decodeFiles({ ...files, model }));
      }),
      { numRuns: 500 },
    );
  });
});
