import { hammingDistance, type PackedSigns } from './signs';

/**
 * The Hamming distances H(sign ε_i, sign ε_j) of all pairs i < j, each divided by the number of features
 * (Zeiler & Fergus 2013, section 4.4): Δ is their mean. H is symmetric, so a sum over i ≠ j counts each pair twice.
 */
export function pairDistances(signs: readonly PackedSigns[]): number[] {
  const distances: number[] = [];
  for (const [i, first] of signs.entries()) {
    for (const second of signs.slice(i + 1)) distances.push(hammingDistance(first, second) / first.length);
  }
  return distances;
}

/** Mean and standard deviation of a sample (n − 1). */
export interface Spread {
  readonly mean: number;
  /** `null` for a single value, which does not spread. */
  readonly deviation: number | null;
}

/** Of no values at all the mean is NaN. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)) };
}

/** How probable it is to find a Δ as far out at random places, on either side. */
export interface MonteCarlo {
  /** So small a Δ. */
  readonly below: number;
  /** So large a Δ. */
  readonly above: number;
}

/**
 * Monte Carlo test against random draws (Davison & Hinkley 1997, section 4.2), one-sided on each side: (1 + number of
 * draws with a Δ at most, or at least, as large) / (1 + number of draws). Exact whatever the distribution, and whole
 * draws are compared because pairs that share an image are not independent. Neither can fall below 1 / (1 + draws).
 */
export function monteCarlo(delta: number, randomDeltas: readonly number[]): MonteCarlo {
  const all = 1 + randomDeltas.length;
  return {
    below: (1 + randomDeltas.filter((random) => random <= delta).length) / all,
    above: (1 + randomDeltas.filter((random) => random >= delta).length) / all,
  };
}
