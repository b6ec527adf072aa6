import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../src/core/formats/npy';
import type { Graph } from '../../src/core/graph/graph';
import { floatTensor, toFloat32 } from '../../src/core/tensor/tensor';
import { graphBuilder } from '../support/graphBuilder';
import { relativeDifference } from '../support/recording';
import { smallNet } from '../support/smallNet';
import { cliSubject } from './cliSubject';
import { writeModel } from './support';

const { folder, file, model, image, entry, run } = cliSubject();

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
    expect(lines[1]).toMatch(/^conv1 +Conv \+ Relu +relu1_output_0 +12×23×23 +5×5 +2×2 +912 +exact$/);
  });
});

writeModel(file('sine.onnx'), sineNet());

function sineNet(): Graph {
  const g = graphBuilder({ input: [1, 3, 9, 9] });
  const waves = g.node('Sin', [g.conv(g.input, { out: 4, kernel: 3 })], { name: 'waves' });
  return g.build({ outputs: [g.relu(g.conv(waves, { out: 3, kernel: 3, name: 'behind' }))] });
}

/** Networks of other kinds, with a layer behind what the deconvnet cannot go through. */
const refused = [
  ['a transformer', path.join(import.meta.dirname, '../golden/torchvision/vision_transformer.onnx'), 'heads.head', 'MatMul', 'as attention does'],
  ['a network of waves', file('sine.onnx'), 'behind', 'Sin', 'there is no rule'],
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

describe('a reader that has seen enough', () => {
  it('ends the command without a word', async () => {
    const child = spawn(process.execPath, [entry(), 'layers', '--model', model], { cwd: folder });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, stderr]).toEqual([0, '']);
  });
});
