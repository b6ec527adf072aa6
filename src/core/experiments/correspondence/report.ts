import type { Fact, ReportTable } from '../../report/experimentReport';
import { counted } from '../../report/numbers';
import { deltaSentences } from './findings';
import { deltaTable, paperTable, RANDOM } from './result';
import { SIGNIFICANT, type LayerDeltas } from './summary';

/** A comparison that is done, or as far as it is. */
export interface Comparison {
  /** Names of the pictures that are compared. */
  readonly images: readonly string[];
  readonly parts: readonly string[];
  /** Edge of the squares, pixels of the network's input. */
  readonly size: number;
  /** Draws of the random control that were made. */
  readonly draws: number;
  readonly seed: number;
  readonly deltas: readonly LayerDeltas[];
}

/** Everything that it takes to compare again, beside the model. */
export function comparisonFacts({ images, parts, size, draws, seed, deltas }: Comparison): Fact[] {
  const tests = parts.length * deltas.length;
  const byChance = Math.round(SIGNIFICANT * tests);
  return [
    ['Pictures', images.join(', ')],
    ['Square', `${size} pixels of the network's input, grey 128`],
    ['Random control', `${counted(draws, 'draw')}, seed ${seed}, never over a part`],
    [
      'Significance',
      `Monte Carlo test of each Δ against the draws, two-sided, ${SIGNIFICANT}; not corrected for the number of tests: of ${tests}, about ${byChance} would differ by chance`,
    ],
  ];
}

export function comparisonSentences({ deltas, draws }: Comparison): string[] {
  return deltaSentences(deltas, draws);
}

/** The table of all layers and parts, and the paper's beside it. */
export function comparisonTables({ parts, deltas }: Comparison): ReportTable[] {
  return [
    {
      caption:
        'Δ ± standard deviation over pairs of pictures, and the probability (two-sided) to find it at random places',
      head: ['layer', ...parts, RANDOM, 'against random'],
      rows: deltaTable(deltas),
    },
    { caption: 'The paper, table 1', head: ['part', 'layer 5', 'layer 7'], rows: paperTable },
  ];
}
