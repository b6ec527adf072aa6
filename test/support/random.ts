import { seededRandom, type Random } from '../../src/core/random';

export { seededRandom, type Random };

/** Normally distributed numbers (Box-Muller). */
export function gaussians(random: Random, length: number, { mean = 0, std = 1 } = {}): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = mean + radius * Math.cos(angle);
    if (i + 1 < length) values[i + 1] = mean + radius * Math.sin(angle);
  }
  return values;
}
