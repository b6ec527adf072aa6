import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatParts, parseParts } from '../../../src/core/formats/parts';
import { sharedFolder } from '../../support/sharedMaterial';

const text = JSON.stringify({
  note: 'by eye',
  size: 24,
  images: [
    { file: 'a.jpg', wnid: 'n1', left_eye: [10, 20.5], nose: [30, 40] },
    { file: 'b.jpg', nose: [1, 2], pair: ['x', 'y'] },
  ],
});

describe('annotations of parts', () => {
  it('are every field of an image that holds two numbers', () => {
    const { size, images } = parseParts(text, 'parts.json');
    expect(size).toBe(24);
    expect(images.map(({ file, parts }) => [file, [...parts]])).toEqual([
      [
        'a.jpg',
        [
          ['left_eye', [10, 20.5]],
          ['nose', [30, 40]],
        ],
      ],
      ['b.jpg', [['nose', [1, 2]]]],
    ]);
  });

  it('are the same after writing and reading, with what else the file said', () => {
    const parsed = parseParts(text, 'parts.json');
    expect(parseParts(formatParts(parsed), 'parts.json')).toEqual(parsed);
    expect(JSON.parse(formatParts(parsed))).toMatchObject({ note: 'by eye', images: [{ wnid: 'n1' }, {}] });
  });

  it.each([
    ['{', 'is no JSON'],
    ['[]', 'must be an object'],
    ['{}', '"images" must be a list'],
    ['{"images": [1]}', '"images[0]" must be an object'],
    ['{"images": [{"file": "../a.jpg"}]}', '"images[0].file" must be the name of a file beside it'],
    ['{"images": [{"file": "/etc/passwd"}]}', '"images[0].file" must be'],
    ['{"images": [{"file": "C:\\\\a.jpg"}]}', '"images[0].file" must be'],
    ['{"images": [{"file": ".."}]}', '"images[0].file" must be'],
    ['{"images": [{"file": "a"}, {"file": "a"}]}', 'must name every file once'],
    ['{"size": 0, "images": []}', '"size" must be a whole number'],
  ])('that are damaged are refused with a sentence: %s', (damaged, message) => {
    expect(() => parseParts(damaged, 'parts.json')).toThrow(message);
  });

  it.skipIf(!existsSync(path.join(sharedFolder, 'data')))('of the shared picture sets can be read', () => {
    for (const set of ['dogs', 'faces']) {
      const file = path.join(sharedFolder, 'data', set, 'annotations.json');
      const { images } = parseParts(readFileSync(file, 'utf8'), 'annotations.json');
      expect(images).toHaveLength(12);
      for (const { parts } of images) {
        expect([...parts.keys()]).toEqual(['left_eye_viewer', 'right_eye_viewer', 'nose']);
      }
    }
  });
});
