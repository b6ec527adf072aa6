import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/core/formats/npy';
import { preprocess } from '../../src/core/imaging/preprocess';
import { floatTensor, sizeOf, toFloat32 } from '../../src/core/tensor/tensor';
import { readImage } from '../../src/engine/images';
import { graphBuilder } from '../support/graphBuilder';
import { relativeDifference } from '../support/recording';
import { smallNet } from '../support/smallNet';
import { bundle, commandLine, shared, temporaryFolder, writeModel, writePicture } from './support';

interface Unit {
  readonly map: number;
  readonly position: readonly [number, number];
  readonly activation: number;
  readonly status: string;
  readonly receptiveField: {
    readonly top: number;
    readonly left: number;
    readonly height: number;
    readonly width: number;
  };
  readonly image: string | null;
}

interface Result {
  readonly model: string;
  readonly layer: string;
  readonly tensor: string;
  readonly units: readonly Unit[];
}

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, name);
const [model, image] = [file('small.onnx'), file('waves.png')];
const sidecar = {
  resize: 48,
  crop: [48, 48],
  channels: 'RGB',
  scale: 1,
  mean: [100, 110, 120],
  std: [50, 60, 70],
} as const;
let entry = '';
const run = commandLine(() => entry, folder);

beforeAll(async () => {
  entry = await bundle('src/cli/main.ts');
  writeModel(model, smallNet());
  writeFileSync(
    file('small.switchback.json'),
    JSON.stringify({ preprocess: sidecar, labels: ['a', '<b>', 'c', 'd'] }),
  );
  await writePicture(image);
});

function readResult(out: string): Result {
  return JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) as Result;
}

function readProjections(out: string): Float32Array {
  const tensor = readNpy(readFileSync(path.join(out, 'projections.npy')));
  return toFloat32(tensor);
}

describe('layers', () => {
  it('prints one JSON object with everything the contract names', async () => {
    const { status, stdout, stderr } = await run('layers', '--model', 'small.onnx', '--json');
    expect([status, stderr]).toEqual([0, '']);
    const { layers } = JSON.parse(stdout) as { layers: unknown[] };
    expect(layers).toHaveLength(4);
    expect(layers[0]).toEqual({
      label: 'conv1',
      op: 'Conv + Relu',
      tensor: 'relu1_output_0',
      shape: [12, 23, 23],
      receptiveField: { size: [5, 5], stride: [2, 2] },
      parameters: 12 * 3 * 25 + 12,
      faithfulness: { status: 'exact', nodes: [] },
    });
  });

  it('prints a table for people', async () => {
    const { status, stdout } = await run('layers', '--model', model);
    const lines = stdout.trimEnd().split('\n');
    expect([status, lines.length]).toEqual([0, 5]);
    expect(lines[1]).toMatch(/^conv1 +Conv \+ Relu +relu1_output_0 +12x23x23 +5x5 +2x2 +912 +exact$/);
  });
});

describe('project', () => {
  it('writes the named units in order, with tiles of their receptive fields', async () => {
    const out = file('named');
    const run1 = await run(
      'project',
      '--model',
      model,
      '--image',
      image,
      '--layer',
      'conv2',
      '--map',
      '5,0',
      '--out',
      out,
    );
    expect([run1.status, run1.stderr]).toEqual([0, '']);
    const result = readResult(out);
    expect(result).toMatchObject({ model, layer: 'conv2', tensor: 'relu2_output_0' });
    expect(result.units.map(({ map }) => map)).toEqual([5, 0]);
    for (const unit of result.units.filter(({ status }) => status === 'ok')) {
      const { width, height } = await sharp(path.join(out, unit.image!)).metadata();
      expect([height, width]).toEqual([unit.receptiveField.height, unit.receptiveField.width]);
      expect(Object.keys(unit)).toEqual([
        'map',
        'position',
        'activation',
        'status',
        'receptiveField',
        'image',
      ]);
    }
    expect(existsSync(path.join(out, 'projections.npy'))).toBe(false);
  });

  it('takes the strongest maps first with --top', async () => {
    const out = file('top');
    await run('project', '--model', model, '--image', image, '--layer', 'conv1', '--top', '4', '--out', out);
    const strengths = readResult(out).units.map(({ activation }) => activation);
    expect(strengths).toHaveLength(4);
    expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
  });

  it('gives the same from the network input as from the picture, by label as by tensor name', async () => {
    const prepared = preprocess(await readImage(image, sidecar), sidecar);
    writeFileSync(file('input.npy'), writeNpy(prepared));
    writeFileSync(file('flat.npy'), writeNpy(floatTensor(prepared.dims.slice(1), prepared.data)));
    const common = ['--model', model, '--map', '1,2,3', '--raw'];
    await run('project', ...common, '--image', image, '--layer', 'conv3', '--out', file('a'));
    await run(
      'project',
      ...common,
      '--input',
      file('input.npy'),
      '--layer',
      'relu3_output_0',
      '--out',
      file('b'),
    );
    await run('project', ...common, '--input', file('flat.npy'), '--layer', 'conv3', '--out', file('c'));
    expect(readResult(file('b'))).toEqual(readResult(file('a')));
    expect(readProjections(file('b'))).toEqual(readProjections(file('a')));
    expect(readProjections(file('c'))).toEqual(readProjections(file('a')));
  });

  it('writes raw projections of the whole input, zero outside of the receptive field and where inactive', async () => {
    const out = file('raw');
    const maps = Array.from({ length: 20 }, (_, map) => map);
    await run(
      'project',
      '--model',
      model,
      '--image',
      image,
      '--layer',
      'conv3',
      '--map',
      maps.join(),
      '--raw',
      '--out',
      out,
    );
    const tensor = readNpy(readFileSync(path.join(out, 'projections.npy')));
    expect([tensor.type, tensor.dims]).toEqual(['float32', [20, 3, 48, 48]]);
    const size = sizeOf([3, 48, 48]);
    for (const [row, { status, receptiveField: field }] of readResult(out).units.entries()) {
      const values = toFloat32(tensor).subarray(row * size, (row + 1) * size);
      expect(values.some((value) => value !== 0)).toBe(status === 'ok');
      for (let i = 0; i < size; i++) {
        const [y, x] = [Math.floor(i / 48) % 48, i % 48];
        const inside =
          y >= field.top && y < field.top + field.height && x >= field.left && x < field.left + field.width;
        if (!inside) expect(values[i]).toBe(0);
      }
    }
  });

  it('takes a position, a method and a tensor that is no layer', async () => {
    const at = ['--model', model, '--image', image, '--map', '3', '--at', '2,1'];
    await run('project', ...at, '--layer', 'conv2', '--method', 'gradient', '--raw', '--out', file('at'));
    expect(readResult(file('at')).units[0]?.position).toEqual([2, 1]);
    const pool = await run('project', ...at, '--layer', 'pool2_output_0', '--out', file('pool'));
    expect(pool.status).toBe(0);
    expect(readResult(file('pool'))).toMatchObject({ layer: 'pool2_output_0', tensor: 'pool2_output_0' });
  });

  it('prints its result as JSON and nothing else', async () => {
    const args = ['project', '--model', model, '--image', image, '--layer', 'conv1', '--map', '0'];
    const { stdout } = await run(...args, '--json', '--out', file('json'));
    expect(JSON.parse(stdout)).toEqual(readResult(file('json')));
  });
});

/** Networks of other kinds, with a layer behind what the deconvnet cannot go through. */
const refused = [
  ['a transformer', path.join(import.meta.dirname, '../golden/torchvision/vision_transformer.onnx'), 'heads.head', 'MatMul', 'as attention does'],
  ['style transfer', shared('models/candy-style-transfer.onnx'), 'convolution15', 'InstanceNormalization', 'there is no rule'],
] as const; // prettier-ignore

describe.each(refused)('%s', (_, network, layer, op, reason) => {
  const present = existsSync(network);

  it.runIf(present)('is listed, with the node in the way of each layer', async () => {
    const { status, stdout, stderr } = await run('layers', '--model', network);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`${layer} .* refused: ${op} ".+" \\(.*${reason}.*\\)`));
  });

  it.runIf(present)('is not projected: one sentence says why and what to do', async () => {
    const unit = ['--image', image, '--layer', layer, '--map', '0', '--out', file('refused-network')];
    const { status, stdout, stderr } = await run('project', '--model', network, ...unit);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(`^The projection stops at node ".+" \\(${op}\\): .*${reason}.*\\. Choose a layer .*\\.\n$`),
    );
    expect(existsSync(file('refused-network'))).toBe(false);
  });
});

describe('visualize', () => {
  it('writes every layer into one file that loads nothing', async () => {
    const out = file('report.html');
    const { status } = await run('visualize', '--model', model, '--image', image, '--top', '3', '--out', out);
    expect(status).toBe(0);
    const report = readFileSync(out, 'utf8');
    for (const label of ['conv1', 'conv2', 'conv3', 'fc4']) expect(report).toContain(`<h2>${label}</h2>`);
    expect(report).not.toMatch(/(src|href)="(?!data:)/);
    expect(report).not.toMatch(/url\(|<script|@import/);
    expect(report).toContain("default-src 'none'");
    expect(report).toContain('prefers-color-scheme: dark');
  });

  it('escapes what comes from the model', async () => {
    const report = readFileSync(file('report.html'), 'utf8');
    expect(report).toContain('&#60;b&#62;');
    expect(report).not.toContain('<b>');
  });
});

describe('a runtime', () => {
  it('gives what the others give', async () => {
    const projected = async (out: string, ...args: string[]) => {
      const units = ['--image', image, '--layer', 'conv3', '--top', '3', '--raw', '--out', file(out)];
      expect(await run('project', '--model', model, ...units, ...args)).toMatchObject({
        status: 0,
        stderr: '',
      });
      return readProjections(file(out));
    };
    const native = await projected('native');
    for (const name of ['onnxruntime-web', 'tensorflow.js']) {
      expect(relativeDifference(await projected(name, '--runtime', name), native), name).toBeLessThan(1e-4);
    }
  });

  it('that has to give way is named on stderr', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    const { status, stderr } = await run('layers', '--model', model, '--provider', absent);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: Not the execution provider \w+ but onnxruntime-node .* computes/);
  });

  it('that is not known is a wrong use', async () => {
    expect(await run('layers', '--runtime', 'mine')).toMatchObject({ status: 2 });
  });
});

describe('warnings', () => {
  it('go to stderr and leave the result alone', async () => {
    const graph = smallNet();
    const weights = Float32Array.from(graph.constants.get('conv2.weight')!.data as Float32Array).fill(NaN);
    const broken = floatTensor(graph.constants.get('conv2.weight')!.dims, weights);
    writeModel(file('nan.onnx'), {
      ...graph,
      constants: new Map([...graph.constants, ['conv2.weight', broken]]),
    });
    const args = ['--image', image, '--layer', 'conv1', '--map', '0', '--json', '--out', file('nan')];
    const { status, stdout, stderr } = await run('project', '--model', 'nan.onnx', ...args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(readResult(file('nan')));
    expect(stderr).toMatch(/^warning: .*"conv2.weight".*\nwarning: .*"conv2".*\n$/);
    const layers = await run('layers', '--model', 'nan.onnx');
    expect(layers.stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(layers.stderr).toContain('"conv2.weight"');
  });
});

describe('filters', () => {
  const filters = (layer: string, out: string, ...args: string[]) =>
    run('filters', '--model', model, '--layer', layer, '--out', file(out), ...args);

  it('writes the sheet as a picture and the statistics as numbers', async () => {
    const { status, stdout, stderr } = await filters(
      'conv1',
      'sheet',
      '--zoom',
      '3',
      '--columns',
      '5',
      '--json',
    );
    expect([status, stderr]).toEqual([0, '']);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(JSON.parse(readFileSync(file('sheet/result.json'), 'utf8'))).toEqual(result);
    const weights = toFloat32(smallNet().constants.get('conv1.weight')!);
    const rmsOf = (filter: number) => {
      const row = Array.from(weights.subarray(75 * filter, 75 * (filter + 1)));
      const onPixels = row.map((weight, i) => weight / sidecar.std[Math.floor(i / 25) as 0 | 1 | 2]);
      return Math.sqrt(onPixels.reduce((sum, weight) => sum + weight ** 2, 0) / 75);
    };
    expect(result).toMatchObject({
      model,
      layer: 'conv1',
      dims: [12, 3, 5, 5],
      over: 'image',
      kind: 'convolution',
      groups: 1,
      stride: [2, 2],
      folded: [],
      sheet: {
        image: 'filters.png',
        kind: 'colour',
        columns: 5,
        zoom: 3,
        tile: { height: 15, width: 15 },
        shown: 12,
      },
      statistics: {
        rms: Array.from({ length: 12 }, (_, filter) => expect.closeTo(rmsOf(filter), 6) as number),
        dead: [],
        dominating: [],
        duplicates: [],
      },
    });
    const { width, height } = await sharp(file('sheet/filters.png')).metadata();
    expect([height, width]).toEqual([3 * 16 - 1, 5 * 16 - 1]);
  });

  it('shows a fully connected layer over the maps it was flattened from', async () => {
    await filters('fc4', 'fc');
    const result = JSON.parse(readFileSync(file('fc/result.json'), 'utf8')) as Record<string, unknown>;
    expect(result).toMatchObject({
      dims: [4, 20, 6, 6],
      over: 'maps',
      kind: 'dense',
      sheet: { kind: 'norm' },
    });
  });

  it('writes numbers only, and says so, where features have no places', async () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const hidden = g.gemm(g.flatten(g.input), { name: 'fc1', out: 6 });
    writeModel(file('dense.onnx'), g.build({ outputs: [g.gemm(g.relu(hidden), { name: 'fc2', out: 3 })] }));
    const args = ['--model', 'dense.onnx', '--layer', 'fc2', '--out', file('dense')];
    const { status, stderr } = await run('filters', ...args);
    expect([status, readdirSync(file('dense'))]).toEqual([0, ['result.json']]);
    expect(stderr).toMatch(/^warning: fc2 sees a vector of features.*\n$/);
  });
});

describe('a reader that has seen enough', () => {
  it('ends the command without a word', async () => {
    const child = spawn(process.execPath, [entry, 'layers', '--model', model], { cwd: folder });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('exit status', () => {
  const project = (...args: string[]) => ['project', '--model', 'small.onnx', '--out', 'out', ...args];
  const ready = ['--image', 'waves.png', '--layer', 'conv1', '--map', '0'];

  it.each([
    ['a missing model', ['layers', '--model', 'nowhere.onnx'], 'nowhere.onnx'],
    ['no model at all', ['layers'], 'no bundled model'],
    ['a missing image', project('--image', 'no.png', '--layer', 'conv1', '--map', '0'), 'no.png'],
    ['a missing input', project('--input', 'no.npy', '--layer', 'conv1', '--map', '0'), 'no.npy'],
    [
      'an input that is no array',
      project('--input', 'waves.png', '--layer', 'conv1', '--map', '0'),
      'waves.png',
    ],
    [
      'an input that is a folder',
      project('--input', '.', '--layer', 'conv1', '--map', '0'),
      'cannot be read',
    ],
    ['an unknown layer', project('--image', 'waves.png', '--layer', 'conv9', '--map', '0'), 'conv9'],
    [
      'an unknown layer of filters',
      ['filters', '--model', 'small.onnx', '--layer', 'c', '--out', 'out'],
      '"c"',
    ],
    ['an unknown map', project('--image', 'waves.png', '--layer', 'conv1', '--map', '99'), '99'],
    ['an unknown position', project(...ready, '--at', '0,99'), '0,99'],
    [
      'a folder that cannot be made',
      [...project(...ready).slice(0, 3), '--out', 'waves.png/out', ...ready],
      'waves.png',
    ],
  ])('is 1 with one line on stderr for %s', async (_, args, named) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(named);
  });

  it.each([
    ['an unknown command', ['explain']],
    ['an unknown option', ['layers', '--modle', 'x']],
    ['no command', []],
    ['neither image nor input', project('--layer', 'conv1', '--map', '0')],
    ['both image and input', project(...ready, '--input', 'x.npy')],
    ['neither map nor top', project('--image', 'waves.png', '--layer', 'conv1')],
    ['both map and top', project(...ready, '--top', '3')],
    ['no layer', project('--image', 'waves.png', '--map', '0')],
    ['a map that is no number', project('--image', 'waves.png', '--layer', 'conv1', '--map', 'x')],
    ['a position of one number', project(...ready, '--at', '5')],
    ['a folder without a name', ['project', '--model', 'small.onnx', ...ready, '--out', '']],
    ['a model without a name', ['layers', '--model', '']],
    ['no maps to visualize', ['visualize', '--image', 'waves.png', '--out', 'x.html', '--top', '0']],
    ['an unknown method', project(...ready, '--method', 'magic')],
    ['no layer of filters', ['filters', '--model', 'small.onnx', '--out', 'out']],
    ['an unknown scale', ['filters', '--layer', 'conv1', '--out', 'out', '--scale', 'huge']],
    ['no image to visualize', ['visualize', '--out', 'x.html']],
  ])('is 2 for %s', async (_, args) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  it('is 0 for help', async () => {
    const { status, stdout } = await run('project', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--layer');
  });

  it('leaves nothing behind where it is not 0', () => {
    expect(readdirSync(folder)).not.toContain('out');
  });
});
