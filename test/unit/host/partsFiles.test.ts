import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { changeParts } from '../../../src/core/formats/partChanges';
import { partsCalls } from '../../../src/host/partsCalls';
import { partsFiles } from '../../../src/host/partsFiles';
import { CallFailure } from '../../../src/protocol/failure';

const parent = mkdtempSync(path.join(tmpdir(), 'switchback-parts-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

let folder = '';
const file = () => path.join(folder, 'parts.json');
const written = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;

beforeEach(() => {
  folder = mkdtempSync(path.join(parent, 'set-'));
});

const placed = (name: string, x: number) => ({ places: [{ file: name, part: 'nose', place: [x, 1] as const }] }); // prettier-ignore

describe('parts.json', () => {
  it('is there after the first change, and holds every change of those that come at once', async () => {
    const files = partsFiles();
    expect(await files.read(file())).toBeNull();
    const names = Array.from({ length: 20 }, (_, i) => `${i}.png`);
    await Promise.all(
      names.map((name, i) => files.change(file(), (now) => changeParts(now, placed(name, i)))),
    );
    expect(written().images).toEqual(names.map((name, i) => ({ file: name, nose: [i, 1] })));
    expect(readdirSync(folder)).toEqual(['parts.json']);
  });

  it('keeps what others wrote meanwhile', async () => {
    const files = partsFiles();
    await files.change(file(), (now) => changeParts(now, placed('a.png', 1)));
    writeFileSync(file(), JSON.stringify({ by: 'hand', images: [{ file: 'b.png', tail: [5, 6] }] }));
    await files.change(file(), (now) => changeParts(now, placed('a.png', 2)));
    expect(written()).toEqual({
      by: 'hand',
      images: [
        { file: 'b.png', tail: [5, 6] },
        { file: 'a.png', nose: [2, 1] },
      ],
    });
  });

  it.each([
    ['no JSON', 'nothing of the kind'],
    ['something else', '{"resistors": [1, 2]}'],
    ['a path out of the folder', '{"images": [{"file": "../a.png", "nose": [1, 2]}]}'],
  ])('is refused and left alone where it holds %s', async (_, text) => {
    writeFileSync(file(), text);
    const files = partsFiles();
    const change = files.change(file(), (now) => changeParts(now, placed('a.png', 1)));
    await expect(change).rejects.toMatchObject({ code: 'invalid-parts' });
    expect(readFileSync(file(), 'utf8')).toBe(text);
    // Mended by hand, it is taken as it is.
    writeFileSync(file(), '{"images": []}');
    await files.change(file(), (now) => changeParts(now, placed('a.png', 1)));
    expect(written()).toEqual({ images: [{ file: 'a.png', nose: [1, 1] }] });
  });

  it('is not written where it could not be read again', async () => {
    const places = Array.from({ length: 33 }, (_, i) => ({ file: 'a.png', part: `p${i}`, place: [1, 1] as const })); // prettier-ignore
    const change = partsFiles().change(file(), (now) => changeParts(now, { places }));
    await expect(change).rejects.toMatchObject({ code: 'invalid-parts' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is no folder and no link', async () => {
    writeFileSync(path.join(folder, 'elsewhere.json'), '{"images": []}');
    symlinkSync(path.join(folder, 'elsewhere.json'), file());
    await expect(partsFiles().read(file())).rejects.toMatchObject({ code: 'unreadable-file' });
    rmSync(file());
    mkdirSync(file());
    await expect(partsFiles().read(file())).rejects.toMatchObject({ code: 'unreadable-file' });
  });

  it('that cannot be written says so and leaves nothing behind', async () => {
    const change = partsFiles().change(path.join(folder, 'gone', 'parts.json'), (now) => now);
    await expect(change).rejects.toMatchObject({ code: 'not-writable' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what a panel may do with annotations', () => {
  const image = () => path.join(folder, 'a.png');
  const calls = (chosen?: string) =>
    partsCalls({
      subject: () => ({ model: path.join(folder, 'm.onnx'), images: [image()], image: image() }),
      files: partsFiles(),
      choose: async () => chosen,
    });
  const context = { signal: new AbortController().signal, progress: async () => undefined };

  it('reads, changes and imports those beside its pictures', async () => {
    const { readParts, changeParts: change, importParts } = calls(path.join(folder, 'annotations.json'));
    expect(await readParts({ image: image() }, context)).toEqual({ text: null });
    await change({ image: image(), change: placed('a.png', 3) }, context);
    writeFileSync(
      path.join(folder, 'annotations.json'),
      JSON.stringify({ images: [{ file: 'a.png', nose: [9, 9], eye: [4, 5] }] }),
    );
    const imported = await importParts({ image: image() }, context);
    expect(JSON.parse(imported!.text)).toEqual({ images: [{ file: 'a.png', eye: [4, 5], nose: [3, 1] }] });
    expect(written()).toEqual(JSON.parse(imported!.text));
  });

  it('is nothing beside pictures that it does not show', async () => {
    const elsewhere = path.join(parent, 'b.png');
    await expect(calls().readParts({ image: elsewhere }, context)).rejects.toThrow(CallFailure);
  });

  it.each([
    { places: [{ file: '../a.png', part: 'nose', place: [1, 2] }] },
    { places: [{ file: 'a.png', part: '', place: [1, 2] }] },
    { places: [{ file: 'a.png', part: 'file', place: [1, 2] }] },
    { places: [{ file: 'a.png', part: 'nose', place: [1] }] },
    { places: [{ file: 'a.png', part: 'nose', place: [1, Number.NaN] }] },
    { places: [], size: 0 },
    { size: 3 },
  ])('is no change that cannot be meant: %j', async (change) => {
    const wrong = { image: image(), change } as never;
    await expect(calls().changeParts(wrong, context)).rejects.toThrow(/cannot be used/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
