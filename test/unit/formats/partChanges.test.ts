import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addParts,
  changeParts,
  inverseChange,
  noParts,
  partNames,
  type PartsChange,
} from '../../../src/core/formats/partChanges';
import { formatParts, parseParts } from '../../../src/core/formats/parts';

const file = parseParts(
  JSON.stringify({
    note: 'by eye',
    size: 24,
    images: [
      { file: 'a.jpg', wnid: 'n1', left_eye: [10, 20.5], nose: [30, 40] },
      { file: 'b.jpg', nose: [1, 2] },
    ],
  }),
  'parts.json',
);

const written = (parts: typeof file) => JSON.parse(formatParts(parts)) as Record<string, unknown>;

describe('a change of annotations', () => {
  it('touches only what it names', () => {
    const places = [{ file: 'a.jpg', part: 'nose', place: [31, 41] }] as const;
    expect(written(changeParts(file, { places }))).toEqual({
      note: 'by eye',
      size: 24,
      images: [
        { file: 'a.jpg', wnid: 'n1', left_eye: [10, 20.5], nose: [31, 41] },
        { file: 'b.jpg', nose: [1, 2] },
      ],
    });
  });

  it('adds pictures, leaves those out of which nothing is left to say, and keeps foreign fields', () => {
    const places = [
      { file: 'c.jpg', part: 'tail', place: [5, 6] },
      { file: 'b.jpg', part: 'nose', place: null },
      { file: 'a.jpg', part: 'nose', place: null },
      { file: 'a.jpg', part: 'left_eye', place: null },
    ] as const;
    expect(written(changeParts(file, { places, size: null }))).toEqual({
      note: 'by eye',
      images: [
        { file: 'a.jpg', wnid: 'n1' },
        { file: 'c.jpg', tail: [5, 6] },
      ],
    });
  });

  it('overwrites no field that is no part', () => {
    const places = [{ file: 'a.jpg', part: 'wnid', place: [5, 6] }] as const;
    expect(() => changeParts(file, { places })).toThrow('"wnid" cannot be marked in a.jpg');
  });

  it('is taken back by its inverse, whatever it was', () => {
    const change = fc.record(
      {
        places: fc.array(
          fc.record({
            file: fc.constantFrom('a.jpg', 'b.jpg', 'c.jpg'),
            part: fc.constantFrom('nose', 'left_eye', 'tail', '__proto__'),
            place: fc.option(fc.tuple(fc.integer(), fc.integer())),
          }),
        ),
        size: fc.option(fc.integer({ min: 1, max: 99 })),
      },
      { requiredKeys: ['places'] },
    );
    const sorted = ({ images, ...rest }: typeof file) => ({
      ...rest,
      images: [...images]
        .sort((a, b) => a.file.localeCompare(b.file))
        .map(({ parts, ...image }) => ({ ...image, parts: [...parts].sort() })),
    });
    fc.assert(
      fc.property(change, (made: PartsChange) => {
        const there = changeParts(file, made);
        expect(sorted(changeParts(there, inverseChange(file, made)))).toEqual(sorted(file));
        // What is written says the same.
        expect(sorted(parseParts(formatParts(there), 'parts.json'))).toEqual(sorted(there));
      }),
    );
  });
});

describe('annotations of others', () => {
  const others = parseParts(
    JSON.stringify({
      note: 'theirs',
      licence: 'CC0',
      size: 40,
      images: [
        { file: 'a.jpg', wnid: [1, 2], nose: [99, 99], right_eye: [12, 13] },
        { file: 'b.jpg', nose: 'wet' },
        { file: 'c.jpg', nose: [7, 8] },
      ],
    }),
    'annotations.json',
  );

  it('add what is not marked yet, and replace nothing', () => {
    expect(written(addParts(file, others))).toEqual({
      note: 'by eye',
      licence: 'CC0',
      size: 24,
      images: [
        { file: 'a.jpg', wnid: 'n1', left_eye: [10, 20.5], nose: [30, 40], right_eye: [12, 13] },
        { file: 'b.jpg', nose: [1, 2] },
        { file: 'c.jpg', nose: [7, 8] },
      ],
    });
  });

  it('are taken over as they are where nothing is marked', () => {
    expect(written(addParts(noParts, others))).toEqual(written(others));
    expect(partNames(others)).toEqual(['wnid', 'nose', 'right_eye']);
  });
});
