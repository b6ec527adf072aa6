import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../src/core/formats/npy';
import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder } from '../support/graphBuilder';
import { smallNet } from '../support/smallNet';
import { bundle, commandLine, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (...names: string[]) => path.join(folder, ...names);
const [model, image] = [file('small.onnx'), file('waves.png')];
const preprocess = { resize: 48, crop: [48, 48], channels: 'RGB', scale: 1, mean: [100, 110, 120], std: [50, 60, 70] }; // prettier-ignore
let entry = '';
const run = commandLine(() => entry, folder);

beforeAll(async () => {
  entry = await bundle('src/cli/main.ts');
  writeModel(model, smallNet());
  writeFileSync(
    file('small.switchback.json'),
    JSON.stringify({ preprocess, labels: ['a', '<b>', 'c', 'd'] }),
  );
  await writePicture(image);
});

const numbers = (out: string, name: string) => [...readNpy(readFileSync(file(out, `${name}.npy`))).data].map(Number); // prettier-ignore

describe('occlude', () => {
  it('writes maps, arrays of rows and columns, and every setting', async () => {
    const out = file('occluded');
    const square = ['--size', '12x10', '--stride', '8x6', '--fill', 'blur', '--label', '2'];
    const args = ['occlude', '--model', model, '--image', image, '--layer', 'conv2', '--map', '3'];
    const { status, stdout, stderr } = await run(...args, ...square, '--out', out, '--json');
    expect([status, stderr]).toEqual([0, '']);
    const result = JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) as Record<string, unknown>;
    expect(JSON.parse(stdout)).toEqual(result);
    expect(result).toMatchObject({
      model,
      image,
      grid: { size: [12, 10], stride: [8, 6], rows: 6, columns: 8, height: 48, width: 48 },
      fill: 'blur',
      maps: [{ layer: 'conv2', map: 3, file: 'activity' }],
      label: 2,
      labelName: 'c',
      windows: 48,
    });
    const arrays = ['activity', 'probability', 'label'].map((name) =>
      readNpy(readFileSync(path.join(out, `${name}.npy`))),
    );
    expect(arrays.map(({ type, dims }) => [type, dims])).toEqual([
      ['float32', [6, 8]],
      ['float32', [6, 8]],
      ['int32', [6, 8]],
    ]);
    for (const { data } of arrays) expect([...data].every((value) => Number(value) >= 0)).toBe(true);
    for (const name of ['activity', 'probability', 'label']) {
      const { width, height } = await sharp(path.join(out, `${name}.png`)).metadata();
      expect([height, width]).toEqual([48, 48]);
    }
  });

  it.each([
    ['a square larger than the picture', ['--size', '60'], 1, /larger than the picture/],
    ['a stride of 0', ['--size', '8', '--stride', '0'], 1, /whole numbers from 1/],
    ['a class that is not there', ['--size', '8', '--label', '9'], 1, /There is no class 9/],
    ['a fill that is none', ['--fill', '300'], 2, /Expected 0 to 255/],
    ['a map without its layer', ['--map', '3'], 2, /--map needs --layer/],
    ['a watched map without a number', ['--watch', 'conv2'], 2, /such as conv2:7/],
    ['a layer that is not there', ['--size', '8', '--watch', 'conv9:1'], 1, /conv9/],
  ])('refuses %s', async (_, options, expected, sentence) => {
    const args = ['occlude', '--model', model, '--image', image, '--out', file('refused')];
    const { status, stderr } = await run(...args, ...options);
    expect(status).toBe(expected);
    expect(stderr).toMatch(sentence);
    expect(existsSync(file('refused'))).toBe(false);
  });

  it('wants a sweep of very many windows confirmed, and says how long it takes', async () => {
    const wide = file('wide.onnx');
    writeModel(wide, wideInput());
    const args = ['occlude', '--model', wide, '--image', image, '--size', '2', '--stride', '1'];
    const { status, stderr } = await run(...args, '--out', file('many'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^These are 24649 windows, about \d+ minutes .* run it with --yes\.\n$/m);
  });

  it('writes a table of all windows and a report with the maps, their legend and every setting', async () => {
    const args = ['--model', model, '--image', image, '--layer', 'conv2', '--size', '12', '--stride', '12'];
    const { status, stdout } = await run('occlude', ...args, '--out', 'report');
    expect(status).toBe(0);
    expect(stdout).toMatch(/when rows \d+ to \d+, columns \d+ to \d+ are hidden\.\n/);
    const [head, ...rows] = readFileSync(file('report', 'occlusion.csv'), 'utf8').trimEnd().split('\r\n');
    expect(head).toMatch(
      /^Row,Column,Top,Left,Height,Width,Probability,Class,Class name,Its probability,conv2 map \d+$/,
    );
    const probabilities = rows.map((row) => Number(row.split(',')[6]));
    expect(probabilities.map(Math.fround)).toEqual(numbers('report', 'probability'));
    const report = readFileSync(file('report', 'report.html'), 'utf8');
    expect(report).toContain("default-src 'none'");
    expect(report).not.toMatch(/(src|href)="(?!data:)|<b>/);
    expect(report.match(/<img /g)).toHaveLength(4);
    expect(report).toMatch(/<rect width="12" height="12" fill="rgb\(\d+, \d+, \d+\)"/);
    for (const text of [
      'Square, pixels',
      'rgb(128, 128, 128)',
      'Largest drops',
      'Most probable classes',
      'SHA-256',
    ])
      expect(report).toContain(text);
  });

  it('watches several maps of several layers in one sweep, each as if alone', async () => {
    const args = ['occlude', '--model', model, '--image', image, '--size', '12', '--stride', '12'];
    const together = await run(
      ...args,
      '--layer',
      'conv2',
      '--map',
      '3,1',
      '--watch',
      'conv3:2',
      '--out',
      'maps',
    );
    expect(together.status).toBe(0);
    const { maps } = JSON.parse(readFileSync(file('maps', 'result.json'), 'utf8')) as { maps: object[] };
    expect(maps).toMatchObject([
      { layer: 'conv2', map: 3, file: 'activity' },
      { layer: 'conv2', map: 1, file: 'activity-2' },
      { layer: 'conv3', map: 2, file: 'activity-3' },
    ]);
    for (const [index, alone] of ['conv2:3', 'conv2:1', 'conv3:2'].entries()) {
      await run(...args, '--watch', alone, '--out', 'alone');
      expect(numbers('maps', index === 0 ? 'activity' : `activity-${index + 1}`)).toEqual(
        numbers('alone', 'activity'),
      );
    }
  });
});

/** A network for pictures of 158 x 158. */
function wideInput(): Graph {
  const g = graphBuilder({ input: [1, 3, 158, 158], seed: 3 });
  return g.build({ outputs: [g.relu(g.conv(g.input, { name: 'conv1', out: 2, kernel: 3 }))] });
}
