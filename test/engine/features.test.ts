import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rating } from '../../src/core/experiments/features/rateFeatures';
import { rateFolder } from '../../src/engine/features/rateFolder';
import type { RatePlan, RateProgress, RateRequest } from '../../src/protocol/features';
import { gaussians, seededRandom } from '../support/random';
import { smallNet } from '../support/smallNet';
import { newService, temporaryFolder, unprivileged, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const model = file('small.onnx');
const { signal } = new AbortController();

/** Classes that differ by their mean colour, under noise. */
const colours = { blue: [90, 110, 170], green: [100, 160, 100], red: [170, 100, 90] } as const;
const EACH = 9;

async function writePicture(name: string, colour: readonly number[], seed: number): Promise<void> {
  const [height, width] = [24, 30];
  const noise = gaussians(seededRandom(seed), height * width * 3);
  const rgb = Uint8Array.from(noise, (value, i) => Math.max(0, Math.min(255, colour[i % 3]! + 40 * value)));
  mkdirSync(path.dirname(file(name)), { recursive: true });
  await sharp(rgb, { raw: { height, width, channels: 3 } }).toFile(file(name));
}

beforeAll(async () => {
  writeModel(model, smallNet());
  writeModel(file('other.onnx'), smallNet({ seed: 8 }));
  for (const [name, colour] of Object.entries(colours)) {
    for (let i = 0; i < EACH; i++) await writePicture(`set/${name}/${i}.png`, colour, i);
  }
});

interface Run {
  readonly plan: RatePlan | undefined;
  readonly ratings: readonly Rating[];
  /** How many images had to be run. */
  readonly extracted: number;
}

interface Rated extends Partial<RateRequest> {
  readonly onStep?: (step: RateProgress) => void;
  readonly stop?: AbortSignal;
}

function rate({ onStep, stop = signal, ...request }: Rated = {}, of = model): Promise<Run> {
  return service.models.use(of, async (open) => {
    let plan: RatePlan | undefined;
    let extracted = 0;
    const ratings: Rating[] = [];
    const settings: RateRequest = {
      folder: file('set'),
      store: file('store.sqlite'),
      pooling: 'mean',
      classifiers: ['softmax', 'svm'],
      train: [4],
      test: 50,
      folds: 2,
      seed: 1,
      ...request,
    };
    for await (const step of rateFolder(open, settings, stop)) {
      onStep?.(step);
      if (step.kind === 'plan') ({ plan } = step);
      else if (step.kind === 'rating') ratings.push(step.rating);
      else if (step.kind === 'extracted') extracted = step.of;
    }
    return { plan, ratings, extracted };
  });
}

describe('rating the features of a folder', () => {
  it('tells classes apart, and extracts nothing twice', async () => {
    const first = await rate();
    expect(first.plan).toMatchObject({ classes: ['blue', 'green', 'red'], images: 3 * EACH, notes: [] });
    expect(first.extracted).toBe(3 * EACH);
    expect(first.ratings).toHaveLength(first.plan!.ratings);
    for (const { accuracy } of first.ratings) expect(accuracy).toBeGreaterThan(0.8);
    const again = await rate();
    expect(again.extracted).toBe(0);
    expect(again.ratings).toEqual(first.ratings);
  });

  it('keeps the means of what the layer computes for each image', async () => {
    const { plan } = await rate();
    const { label } = plan!.layers[0]!;
    const database = new sqlite.Database(file('store.sqlite'), { fileMustExist: true });
    for (const name of ['blue/0', 'red/5']) {
      const image = file(`set/${name}.png`);
      const hash = createHash('sha256').update(readFileSync(image)).digest('hex');
      const row = database.get('SELECT vector FROM features WHERE layer = ? AND pooling = ? AND hash = ?', [
        label,
        'mean',
        hash,
      ]);
      const stored = new Float32Array((row!['vector'] as Uint8Array).slice().buffer);
      const subject = { model, image };
      const { layers } = await service.handlers.record(subject, { signal, progress: async () => undefined });
      expect(stored).toHaveLength(layers[0]!.maxima.length);
      for (const [map, mean] of stored.entries()) {
        const context = { signal, progress: async () => undefined };
        const { values } = await service.handlers.featureMap({ ...subject, layer: label, map }, context);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(mean).toBeCloseTo(sum / values.length, 5);
      }
    }
    database.close();
  });

  it('runs only what is new, and passes over what is no picture', async () => {
    await rate();
    const [added, broken] = ['set/red/new.png', 'set/red/broken.png'].map(file) as [string, string];
    await writePicture('set/red/new.png', colours.red, 99);
    copyFileSync(file('set/red/0.png'), file('set/red/copy.png'));
    writeFileSync(broken, 'no picture');
    try {
      const { plan, extracted } = await rate();
      expect(extracted).toBe(2);
      expect(plan!.images).toBe(3 * EACH + 2);
      expect(plan!.notes.join()).toContain('broken.png');
    } finally {
      for (const name of [added, broken, file('set/red/copy.png')]) rmSync(name);
    }
  });

  it('keeps features under the picture that was run, also where the file changed just before', async () => {
    const [late, spare, original] = ['set/red/late.png', 'spare.png', 'original.png'].map(file) as [string, string, string]; // prettier-ignore
    await writePicture('original.png', colours.red, 77);
    await writePicture('spare.png', colours.red, 78);
    copyFileSync(original, late);
    const store = file('late.sqlite');
    try {
      const onStep = (step: RateProgress) => {
        if (step.kind === 'extracted' && step.done === 0) copyFileSync(spare, late);
      };
      expect((await rate({ store, onStep })).extracted).toBe(3 * EACH + 1);
      expect((await rate({ store })).extracted).toBe(0);
      copyFileSync(original, late);
      expect((await rate({ store })).extracted).toBe(1);
    } finally {
      rmSync(late);
    }
  });

  it('tells from the beginning how far it is, and is stopped while it compares pictures with the store', async () => {
    await rate();
    const steps: RateProgress[] = [];
    await rate({ onStep: (step) => void steps.push(step) });
    expect(steps[0]).toEqual({ kind: 'looking', images: 0 });
    expect(steps.find(({ kind }) => kind !== 'looking')).toEqual({ kind: 'compared', done: 0, of: 3 * EACH });
    const controller = new AbortController();
    const kinds = new Set<string>();
    const onStep = ({ kind }: RateProgress) => {
      kinds.add(kind);
      if (kind === 'compared') controller.abort();
    };
    await expect(rate({ onStep, stop: controller.signal })).rejects.toThrow();
    expect([...kinds]).toEqual(['looking', 'compared']);
  });

  it.skipIf(process.platform === 'win32')('says which folders it could not read', async () => {
    await rate();
    chmodSync(folder, 0o777);
    chmodSync(file('store.sqlite'), 0o666);
    await writePicture('set/red/locked/0.png', colours.red, 50);
    chmodSync(file('set/red/locked'), 0o000);
    try {
      const { plan } = await unprivileged(() => rate());
      expect(plan!.notes).toEqual(['The folder red/locked cannot be read (EACCES): what is in it is left out.']); // prettier-ignore
    } finally {
      rmSync(file('set/red/locked'), { recursive: true });
    }
  });

  it('leaves small classes out and says so', async () => {
    await writePicture('set/tiny/0.png', [0, 0, 0], 5);
    try {
      const { plan } = await rate();
      expect(plan!.classes).toEqual(['blue', 'green', 'red']);
      expect(plan!.notes).toEqual(['Classes with no more than 4 images are left out: tiny.']);
    } finally {
      rmSync(file('set/tiny'), { recursive: true });
    }
  });

  it.each([
    ['fewer than two classes', { folder: file('set/red') }, 'no two folders of images'],
    ['more images than there are', { train: [9] }, 'the second largest has 9'],
    ['a folder that is none', { folder: file('nothing') }, 'is no folder that can be read'],
  ] as const)('refuses %s in one sentence', async (_, request, message) => {
    await expect(rate(request)).rejects.toThrow(message);
  });

  it('minds nothing that was left behind when the process was killed while it wrote', async () => {
    const store = file('killed.sqlite');
    writeFileSync(store, '');
    mkdirSync(`${store}.lock`);
    expect((await rate({ store })).extracted).toBe((await rate()).plan!.images);
    mkdirSync(`${store}.lock`);
    expect((await rate({ store })).extracted).toBe(0);
  });

  it('refuses the store of another model, or what is no store, and leaves both alone', async () => {
    await rate();
    await expect(rate({}, file('other.onnx'))).rejects.toThrow('those of another model');
    writeFileSync(file('text.sqlite'), 'no database');
    await expect(rate({ store: file('text.sqlite') })).rejects.toThrow('is no store of features');
    expect(existsSync(file('text.sqlite'))).toBe(true);
    expect((await rate()).extracted).toBe(0);
  });
});
