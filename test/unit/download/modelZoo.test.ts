import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSidecar } from '../../../src/core/formats/sidecar';
import { sidecarText } from '../../../src/core/formats/sidecarText';
import { parseBaseAddress } from '../../../src/download/address';
import { modelZoo, zooAddress } from '../../../src/download/modelZoo';
import { sharedFolder } from '../../support/sharedMaterial';

const published = path.join(sharedFolder, 'data/model-zoo.json');

const labels = readFileSync(
  path.join(import.meta.dirname, '../../../media/labels/imagenet-classes.txt'),
  'utf8',
)
  .trimEnd()
  .split('\n');

describe('the models on offer', () => {
  it.runIf(existsSync(published))('have the sizes and checksums of the zoo', () => {
    const { files } = JSON.parse(readFileSync(published, 'utf8')) as {
      files: { path: string; size: number; sha256: string; inputs: { shape: (number | string)[] }[] }[];
    };
    for (const { path: name, bytes, sha256, preprocess } of modelZoo) {
      const file = files.find((each) => each.path === name);
      expect({ name, bytes, sha256 }).toEqual({ name, bytes: file?.size, sha256: file?.sha256 });
      expect(file?.inputs[0]?.shape.slice(1)).toEqual([3, ...preprocess.crop]);
    }
  });

  it('are saved under names that differ, in the folder and nowhere else', () => {
    const names = modelZoo.map(({ path: name }) => path.posix.basename(name));
    expect(new Set(names).size).toBe(modelZoo.length);
    for (const name of names) expect(name).toMatch(/^[\w.-]+\.onnx$/);
  });

  it.each(modelZoo)('$name has a sidecar that reads back', ({ preprocess }) => {
    const sidecar = parseSidecar(sidecarText(preprocess, labels), 'model.switchback.json');
    expect(sidecar).toEqual({ preprocess, labels, source: null, warnings: [] });
  });

  it('are downloaded by https', () => {
    expect(parseBaseAddress(zooAddress).protocol).toBe('https:');
  });
});

describe('the labels', () => {
  it('are the 1000 of ImageNet, in its order', () => {
    expect(labels).toHaveLength(1000);
    const known = [0, 1, 281, 504, 967, 999].map((index) => labels[index]?.split(',')[0]);
    expect(known).toEqual(['tench', 'goldfish', 'tabby', 'coffee mug', 'espresso', 'toilet tissue']);
  });
});
