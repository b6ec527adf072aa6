import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallNet } from '../support/smallNet';
import { bundle, commandLine, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (...names: string[]) => path.join(folder, ...names);
let entry = '';
const run = commandLine(() => entry, folder);

beforeAll(async () => {
  entry = await bundle('src/cli/main.ts');
  writeModel(file('small.onnx'), smallNet());
  await writePicture(file('a.png'));
  await writePicture(file('b.png'), { height: 90, width: 64 });
  const images = [
    { file: 'a.png', eye: [25, 20], nose: [50, 40] },
    { file: 'b.png', eye: [20, 30], nose: [40, 60] },
  ];
  writeFileSync(file('parts.json'), JSON.stringify({ size: 8, images }));
});

const json = (name: string) => JSON.parse(readFileSync(file(name, 'result.json'), 'utf8')) as Record<string, unknown>; // prettier-ignore
const lines = (...name: string[]) =>
  readFileSync(file(...name), 'utf8')
    .trimEnd()
    .split('\r\n');
const model = ['--model', 'small.onnx'] as const;

async function isChart(...name: string[]): Promise<boolean> {
  const { format, width } = await sharp(file(...name)).metadata();
  const { entropy } = await sharp(file(...name)).stats();
  return format === 'png' && width > 200 && entropy > 0.1;
}

function isSelfContained(report: string): boolean {
  return report.includes("default-src 'none'") && !/(src|href)="(?!data:)/.test(report);
}

describe('invariance', () => {
  it('writes a row for each picture, value and layer, charts and a report', async () => {
    const { status, stderr } = await run('invariance', ...model, '--images', 'a.png', 'b.png', '--kinds', 'scale', '--steps', '3', '--out', 'moved'); // prettier-ignore
    expect([status, stderr]).toEqual([0, '']);
    expect(lines('moved', 'invariance.csv')).toHaveLength(1 + 2 * 3 * 2);
    expect(json('moved')).toMatchObject({ modelHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    for (const name of ['scale-0.png', 'scale-1.png', 'scale-2.png']) expect(await isChart('moved', name)).toBe(true); // prettier-ignore
    const report = readFileSync(file('moved', 'report.html'), 'utf8');
    expect(report).toSatisfy(isSelfContained);
    for (const text of ['a.png, b.png', 'rgb(128, 128, 128)', 'Euclidean', '1 to 1.8, 3 values', 'All points']) expect(report).toContain(text); // prettier-ignore
  });
});

describe('correspondence', () => {
  it('writes Δ for every layer and part and the control, with the table of the paper in the report', async () => {
    const { status, stdout } = await run('correspondence', ...model, '--parts', 'parts.json', '--draws', '3', '--out', 'parts'); // prettier-ignore
    expect(status).toBe(0);
    expect(stdout).toContain('conv1\t');
    expect(lines('parts', 'correspondence.csv')).toHaveLength(1 + 4 * 3);
    expect(json('parts')).toMatchObject({ size: 8, draws: 3, seed: 1, parts: ['eye', 'nose'] });
    expect(await isChart('parts', 'correspondence.png')).toBe(true);
    const report = readFileSync(file('parts', 'report.html'), 'utf8');
    expect(report).toSatisfy(isSelfContained);
    expect(report).toContain('0.107 ± 0.017');
  });

  it('says in one line why nothing can be compared', async () => {
    writeFileSync(file('one.json'), JSON.stringify({ size: 8, images: [{ file: 'a.png', eye: [25, 20] }] }));
    const { status, stderr } = await run('correspondence', ...model, '--parts', 'one.json', '--out', 'one');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('1 image with the parts eye is not enough');
  });
});

describe('lesion', () => {
  it('ranks layers, the maps of a layer, or switches named maps off', async () => {
    expect((await run('lesion', ...model, '--image', 'a.png', '--out', 'layers')).status).toBe(0);
    expect(lines('layers', 'lesion.csv')).toHaveLength(5);
    expect(await isChart('layers', 'lesion.png')).toBe(true);
    expect(readFileSync(file('layers', 'report.html'), 'utf8')).toMatch(/src="data:image\/png/);
    await run('lesion', ...model, '--image', 'a.png', '--layer', 'conv2', '--mode', 'mean', '--out', 'maps');
    const [, ...rows] = lines('maps', 'lesion.csv');
    const probabilities = rows.map((row) => Number(row.split(',')[2]));
    expect(probabilities).toHaveLength(16);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => a - b));
    await run('lesion', ...model, '--image', 'a.png', '--layer', 'conv2', '--map', '3,5', '--out', 'two');
    expect(json('two').lesions).toEqual([[{ layer: 'conv2', maps: [3, 5] }]]);
  });
});
