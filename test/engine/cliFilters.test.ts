import { readFileSync, readdirSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../src/core/tensor/tensor';
import { graphBuilder } from '../support/graphBuilder';
import { smallNet } from '../support/smallNet';
import { cliSubject, sidecar } from './cliSubject';
import { writeModel } from './support';

const { file, model, run } = cliSubject();

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
