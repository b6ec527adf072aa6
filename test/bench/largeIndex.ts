import { copyFileSync, rmSync } from 'node:fs';
import { openDatabase } from '../../src/engine/database';
import type { OpenModel } from '../../src/engine/openModel';
import { readTopIndex, readTopMaps } from '../../src/engine/topActivations/readIndex';
import { median } from './measure';

const IMAGES = 1_000_000;
const REPEATS = 5;

export interface Opening {
  readonly images: number;
  /** What a panel reads first, and then for a page of maps, milliseconds. */
  readonly opened: number;
  readonly page: number;
}

/** How fast an index opens as it is, and with a million more images in it. */
export async function measureOpenings(
  model: OpenModel,
  folder: string,
  index: string,
): Promise<readonly Opening[]> {
  const large = `${index}.large`;
  copyFileSync(index, large);
  const database = await openDatabase(large, { fileMustExist: true });
  try {
    database.exec(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${IMAGES})
      INSERT INTO images SELECT 1000000 + n, printf('class %03d/image %07d.jpg', n / 1000, n), 20000, 0.0,
        printf('%064x', n), NULL, NULL FROM numbers`);
  } finally {
    database.close();
  }
  try {
    return [await measureOpening(model, folder, index), await measureOpening(model, folder, large)];
  } finally {
    rmSync(large, { force: true });
  }
}

async function measureOpening(model: OpenModel, folder: string, index: string): Promise<Opening> {
  const subject = { model: model.summary.path, folder, index };
  const [opened, page]: [number[], number[]] = [[], []];
  const layer = model.network.layers.at(-1)!.label;
  const maps = Array.from({ length: 24 }, (_, map) => map);
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await readTopIndex(model, subject);
    opened.push(performance.now() - start);
    await readTopMaps(model, subject, { layer, maps });
    page.push(performance.now() - start - opened.at(-1)!);
  }
  const database = await openDatabase(index, { readOnly: true });
  const { images } = database.get('SELECT count(*) AS images FROM images') as { images: number };
  database.close();
  return { images, opened: median(opened), page: median(page) };
}
