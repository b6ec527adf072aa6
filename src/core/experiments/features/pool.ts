import type { Grid } from '../../ops/grid';

type Maps = Pick<Grid, 'maps' | 'height' | 'width'>;

/** How a layer's activations become one vector: the mean or the maximum of each feature map, or all of them as they are. */
export const poolings = ['mean', 'max', 'full'] as const;
export type Pooling = (typeof poolings)[number];

/** How many numbers a layer gives for an image. */
export function featureCount({ maps, height, width }: Maps, pooling: Pooling): number {
  return pooling === 'full' ? maps * height * width : maps;
}

/** The features of `images` images, one after another, from their activations `images x maps x height x width`. */
export function poolFeatures(
  activations: Float32Array,
  { maps, height, width }: Maps,
  images: number,
  pooling: Pooling,
): Float32Array {
  const plane = height * width;
  const rows = images * maps;
  if (pooling === 'full') return activations.slice(0, rows * plane);
  const pooled = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let largest = -Infinity;
    for (let i = row * plane; i < (row + 1) * plane; i++) {
      sum += activations[i]!;
      largest = Math.max(largest, activations[i]!);
    }
    pooled[row] = pooling === 'mean' ? sum / plane : largest;
  }
  return pooled;
}
