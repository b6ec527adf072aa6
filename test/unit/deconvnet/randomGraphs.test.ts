import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareWithNaive } from '../../support/differential';
import { plans, type GraphPlan } from '../../support/randomGraph';

/** `npm run fuzz` sets both; a seed that is not given makes every run the same. */
const graphs = Number(process.env['FUZZ_GRAPHS'] ?? 36);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

it(`${graphs} random graphs run and project as the naive network does`, { timeout: 0 }, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      if ((await compareWithNaive(plan)) === 'compared') compared++;
    }),
    { numRuns: graphs, seed },
  );
  expect(compared).toBeGreaterThan(0.9 * graphs);
});

const kept = path.join(import.meta.dirname, '../../fixtures/randomGraphs.json');

it.each(JSON.parse(readFileSync(kept, 'utf8')) as GraphPlan[])(
  'a graph in which the two once differed: %j',
  async (plan) => {
    expect(await compareWithNaive(plan)).toBe('compared');
  },
);
