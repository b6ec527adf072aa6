import type { Grid } from '../../ops/grid';
import type { Forward } from '../forward';
import { runPasses, type ScanImage } from '../passes';
import { poolFeatures, type Pooling } from './pool';

/** A layer whose activations are features. */
export interface FeatureLayer {
  readonly label: string;
  readonly tensor: string;
  readonly grid: Grid;
}

/** The features of some images. */
export interface ExtractedFeatures {
  readonly images: readonly number[];
  /** By layer in the order asked for, and image. */
  readonly features: readonly (readonly Float32Array[])[];
}

/** Runs images through the network and yields their features at every layer. Stops between passes when `signal` aborts. */
export async function* extractFeatures(
  inputs: AsyncIterable<ScanImage>,
  forward: Forward,
  { layers, pooling, signal }: ExtractSettings,
): AsyncGenerator<ExtractedFeatures> {
  for await (const { images, results } of runPasses(inputs, forward, signal)) {
    const features = layers.map(({ tensor, grid }) => {
      const pooled = poolFeatures(results.get(tensor)!, grid, images.length, pooling);
      const count = pooled.length / images.length;
      return images.map((_, i) => pooled.slice(i * count, (i + 1) * count));
    });
    yield { images, features };
  }
}

interface ExtractSettings {
  readonly layers: readonly FeatureLayer[];
  readonly pooling: Pooling;
  readonly signal: AbortSignal;
}
