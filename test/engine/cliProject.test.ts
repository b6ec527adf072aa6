import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/core/formats/npy';
import { preprocess } from '../../src/core/imaging/preprocess';
import { floatTensor, sizeOf, toFloat32 } from '../../src/core/tensor/tensor';
import { readImage } from '../../src/engine/images';
import { cliSubject, sidecar } from './cliSubject';

const { file, model, image, run } = cliSubject();

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
