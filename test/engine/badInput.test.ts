import {
  mkdirSync,
  openSync,
  ftruncateSync,
  closeSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import { floatTensor } from '../../src/core/tensor/tensor';
import { graphBuilder } from '../support/graphBuilder';
import { smallNet } from '../support/smallNet';
import { context, newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const service = newService();
const file = (name: string) => path.join(folder, name);
const image = file('waves.png');

beforeAll(() => writePicture(image));

function saved(name: string, graph: Graph, sidecar?: unknown): string {
  writeModel(file(`${name}.onnx`), graph);
  if (sidecar !== undefined) writeFileSync(file(`${name}.switchback.json`), JSON.stringify(sidecar));
  return file(`${name}.onnx`);
}

const open = (model: string) => service.handlers.openModel({ model }, context());
const record = (model: string) => service.handlers.record({ model, image }, context());
const project = (model: string, layer: string) =>
  service.handlers.project({ model, image, layer, units: [{ map: 0 }], method: 'deconvnet' }, context());

/** One sentence that names what it is about, and what to do. */
async function expectRefusal(promise: Promise<unknown>, code: string, named: string): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message, hint, code: actual } = error as UserError;
  expect(`${actual}: ${message}`).toContain(`${code}: `);
  expect(message).toContain(named);
  expect(message).not.toContain('\n');
  expect(hint).not.toBe('');
}

/** The small net with one node put between two others. */
function withNode(op: string, { after, domain = '' }: { after: string; domain?: string }): Graph {
  const graph = smallNet();
  const nodes = graph.nodes.flatMap((node) =>
    node.name === after
      ? [
          node,
          {
            name: 'odd',
            op,
            domain,
            inputs: [node.outputs[0]!],
            outputs: ['odd_out'],
            attributes: new Map(),
          },
        ]
      : [{ ...node, inputs: node.inputs.map((name) => (name === `${after}_output_0` ? 'odd_out' : name)) }],
  );
  return { ...graph, nodes };
}

describe('a model file', () => {
  it('that is missing', () => expectRefusal(open(file('nowhere.onnx')), 'file-not-found', 'nowhere.onnx'));

  it('that is a folder', async () => {
    mkdirSync(file('folder.onnx'));
    await expectRefusal(open(file('folder.onnx')), 'unreadable-file', 'folder.onnx');
  });

  it('that is truncated', async () => {
    const bytes = encodeOnnx(smallNet());
    writeFileSync(file('half.onnx'), bytes.subarray(0, bytes.length / 2));
    await expectRefusal(open(file('half.onnx')), 'damaged-model-file', 'half.onnx');
  });

  it('that is empty', async () => {
    writeFileSync(file('empty.onnx'), '');
    await expectRefusal(open(file('empty.onnx')), 'empty-model-file', 'empty.onnx');
  });

  it('that is a picture', async () => {
    writeFileSync(file('picture.onnx'), readFileSync(image));
    await expectRefusal(open(file('picture.onnx')), 'foreign-model-file', 'picture.onnx');
  });

  it('above 2 GB, before it is read', async () => {
    const handle = openSync(file('huge.onnx'), 'w');
    ftruncateSync(handle, 3 * 2 ** 30);
    closeSync(handle);
    await expectRefusal(open(file('huge.onnx')), 'model-file-too-large', 'huge.onnx');
  });

  it('without an image input', async () => {
    const g = graphBuilder({ input: [1, 10] });
    const graph = g.build({ outputs: [g.gemm(g.input, { out: 3 })] });
    await expectRefusal(open(saved('tabular', graph)), 'no-image-input', '[1, 10]');
  });

  it('of a fixed batch of several images', async () => {
    const graph = smallNet();
    const inputs = graph.inputs.map((input) => ({ ...input, shape: [4, 3, 48, 48] }));
    await expectRefusal(open(saved('batch', { ...graph, inputs })), 'fixed-batch', 'batches of 4');
  });

  it('that the runtime refuses, named with the reason', async () => {
    const graph = withNode('NoSuchOperator', { after: 'relu2', domain: 'com.example' });
    await expectRefusal(record(saved('custom', graph)), 'runtime-refused', 'custom.onnx');
  });
});

describe('an operator without a rule', () => {
  it('on the path is refused with its node, where a layer before it still projects', async () => {
    const model = saved('odd', withNode('Hardmax', { after: 'relu2' }));
    await expectRefusal(project(model, 'conv3'), 'refused-path', 'odd');
    await expect(project(model, 'conv2')).resolves.toMatchObject({});
    const { layers } = await open(model);
    const status = Object.fromEntries(
      layers.map(({ label, faithfulness }) => [label, faithfulness.deconvnet.status]),
    );
    expect(status).toMatchObject({ conv1: 'exact', conv2: 'exact', conv3: 'refused' });
    expect(layers.find(({ label }) => label === 'conv3')?.faithfulness.deconvnet.nodes[0]).toMatchObject({
      node: 'odd',
      op: 'Hardmax',
    });
  });
});

describe('a forward pass that fails', () => {
  it('names the node that the input does not fit', async () => {
    const g = graphBuilder({ input: [1, 3, 20, 20], declared: [1, 3, 'height', 'width'] });
    const features = g.flatten(g.relu(g.conv(g.input, { name: 'conv1', out: 4, kernel: 3 })));
    const graph = g.build({ outputs: [g.gemm(features, { name: 'fc2', out: 3 })] });
    const model = saved('misfit', graph, { preprocess: { crop: [30, 30] } });
    await expectRefusal(record(model), 'forward-failed', 'node "fc2" (Gemm)');
  });
});

describe('weights that are no numbers', () => {
  it('are a warning that names the weights and the first layer', async () => {
    const graph = smallNet();
    const constants = new Map(graph.constants);
    const { dims, data } = floatTensor(
      constants.get('conv2.weight')!.dims,
      Float32Array.from(constants.get('conv2.weight')!.data as Float32Array),
    );
    data.fill(NaN, 0, 5);
    constants.set('conv2.weight', floatTensor(dims, data));
    const recorded = await record(saved('nan', { ...graph, constants }));
    expect(recorded.model.warnings.join()).toContain('"conv2.weight"');
    expect(recorded.warnings).toHaveLength(1);
    expect(recorded.warnings[0]).toContain('"conv2"');
  });
});

describe('a request', () => {
  const ready = () => saved('ready', smallNet());
  it('for an unknown layer lists those there are', () =>
    expectRefusal(project(ready(), 'conv9'), 'unknown-layer', 'conv9'));

  it.each([
    [{ map: 16 }, '16'],
    [{ map: -1 }, '-1'],
    [{ map: 0.5 }, '0.5'],
    [{ map: 0, position: [0, 99] as const }, '0,99'],
  ])('for a unit that does not exist names it: %j', async (unit, named) => {
    const request = { model: ready(), image, layer: 'conv2', units: [unit], method: 'deconvnet' } as const;
    await expectRefusal(service.handlers.project(request, context()), 'no-such-unit', named);
  });

  it('for a feature map that does not exist', () =>
    expectRefusal(
      service.handlers.featureMap({ model: ready(), image, layer: 'conv1', map: 99 }, context()),
      'no-such-unit',
      '99',
    ));
});

describe('a model while it is open', () => {
  it('answers from the new file when it changes, and says so when it is removed', async () => {
    const model = saved('changing', smallNet());
    const before = await open(model);
    writeModel(model, smallNet({ classes: 7, seed: 9 }));
    utimesSync(model, new Date(), new Date(Date.now() + 5000));
    const after = await open(model);
    expect(after.hash).not.toBe(before.hash);
    expect((await record(model)).layers.at(-1)?.maxima).toHaveLength(7);
    rmSync(model);
    await expectRefusal(record(model), 'file-not-found', 'changing.onnx');
    await expectRefusal(project(model, 'conv1'), 'file-not-found', 'changing.onnx');
  });

  it('takes a sidecar that appears later', async () => {
    const model = saved('later', smallNet());
    expect((await open(model)).preprocessingOrigin).toBe('guessed');
    writeFileSync(file('later.switchback.json'), '{"preprocess": {"resize": 50, "mean": [1, 2, 3]}}');
    const { preprocessing, preprocessingOrigin } = await open(model);
    expect(preprocessingOrigin).toBe('declared');
    expect(preprocessing).toMatchObject({ resize: 50, crop: [48, 48], mean: [1, 2, 3] });
  });

  it('can be forgotten, also while it works', async () => {
    const model = saved('forgotten', smallNet());
    const recording = record(model);
    await service.handlers.forget({ model }, context());
    expect((await recording).layers).toHaveLength(4);
    expect((await record(model)).layers).toHaveLength(4);
  });
});

describe('a sidecar', () => {
  it('with a wrong field is refused with its name', () =>
    expectRefusal(
      open(saved('wrong', smallNet(), { preprocess: { mean: 5 } })),
      'invalid-sidecar',
      'preprocess.mean',
    ));

  it('of another size than a model of fixed size', () =>
    expectRefusal(
      open(saved('size', smallNet(), { preprocess: { crop: [64, 64] } })),
      'input-size',
      '64 × 64',
    ));

  it('of another number of channels', () =>
    expectRefusal(
      open(saved('grey', smallNet(), { preprocess: { channels: 'GRAY' } })),
      'channel-mismatch',
      'grey.onnx',
    ));

  it('names the labels of the classes', async () => {
    const model = saved('labelled', smallNet(), { labels: ['cat', 'dog', 'owl', 'parrot'] });
    const { top } = await record(model);
    expect(top.map(({ label }) => label).sort()).toEqual(['cat', 'dog', 'owl', 'parrot']);
  });

  it('warns where labels do not fit the model', async () => {
    const { warnings } = await open(saved('few', smallNet(), { labels: ['cat'] }));
    expect(warnings.join()).toContain('1 label, but the model has 4 classes');
  });
});

describe('a labels file', () => {
  const nested = () => {
    mkdirSync(file('models'), { recursive: true });
    mkdirSync(file('labels'), { recursive: true });
    writeFileSync(file('labels/four.txt'), 'cat\r\ndog\nowl\nparrot\n\n');
    writeFileSync(file('secret.key'), 'secret');
    return path.join('models', 'nested');
  };

  it('is read from a neighbouring folder', async () => {
    const { top } = await record(saved(nested(), smallNet(), { labels: '../labels/four.txt' }));
    expect(top.map(({ label }) => label).sort()).toEqual(['cat', 'dog', 'owl', 'parrot']);
  });

  it('is read again when it changes, goes, or comes', async () => {
    const model = saved(nested(), smallNet(), { labels: '../labels/four.txt' });
    const first = async () => (await record(model)).top[0]!;
    const { index, label } = await first();
    const others = ['ant', 'bee', 'cow', 'eel'];
    expect(others).not.toContain(label);
    writeFileSync(file('labels/four.txt'), others.join('\n'));
    expect((await first()).label).toBe(others[index]);
    rmSync(file('labels/four.txt'));
    expect((await first()).label).toBe(`class ${index}`);
    nested();
    expect((await first()).label).toBe(label);
  });

  it.each([
    ['a file further up', '../../../etc/passwd.txt'],
    ['an absolute name', '/etc/hostname'],
    ['a file that is no text', '../secret.key'],
    ['a missing file', 'missing.txt'],
    ['a link to something else', 'link.txt'],
    ['a huge file', 'huge.txt'],
  ])('is never %s: a warning, and classes keep their numbers', async (_, labels) => {
    const name = nested();
    rmSync(file('models/link.txt'), { force: true });
    symlinkSync(file('secret.key'), file('models/link.txt'));
    writeFileSync(file('models/huge.txt'), 'x\n'.repeat(600_000));
    const recorded = await record(saved(name, smallNet(), { labels }));
    expect(recorded.model.warnings).toHaveLength(1);
    expect(recorded.model.warnings[0]).toContain(labels);
    expect(recorded.top[0]?.label).toMatch(/^class \d$/);
  });
});

describe('the source a sidecar names', () => {
  it('is found in the folder of the model and nowhere else', async () => {
    writeFileSync(file('net.py'), 'class Net: pass');
    expect((await open(saved('sourced', smallNet(), { source: 'net.py' }))).source).toBe(file('net.py'));
    const outside = await open(saved('outside', smallNet(), { source: '../net.py' }));
    expect(outside.source).toBeNull();
    expect(outside.warnings.join()).toContain('../net.py');
  });
});
