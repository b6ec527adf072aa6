import { strongestPositions } from '../../tensor/argMax';
import type { Forward } from '../forward';
import { runPasses, type ScanImage } from '../passes';
import type { PeakNames } from '../../rewrite/peaks';

/** A layer whose feature maps are searched. */
export interface ScannedLayer {
  readonly label: string;
  readonly tensor: string;
  readonly maps: number;
  readonly height: number;
  readonly width: number;
}

/** Where a pass puts what is read off it: whole feature maps, or only the strongest activation of each. */
export type Fetched = { readonly kind: 'maps' } | ({ readonly kind: 'peaks' } & PeakNames);

/** The strongest activations of one layer over the images of one pass. */
export interface LayerPeaks {
  /** How many there are of each map and image. */
  readonly each: number;
  /** `images x maps x each`, strongest first. */
  readonly values: Float32Array;
  /** Row-major in the map. */
  readonly positions: Int32Array;
}

/** What one pass found. */
export interface ScannedPass {
  readonly images: readonly number[];
  /** In the order of the layers that were asked for. */
  readonly layers: readonly LayerPeaks[];
}

export interface ScanSettings {
  readonly layers: readonly ScannedLayer[];
  readonly fetched: (layer: ScannedLayer) => Fetched;
  /** Activations of a map that one image may contribute. */
  readonly each: number;
  readonly signal: AbortSignal;
}

/**
 * Runs images through the network and yields the strongest activations of every feature map for each of them (Zeiler &
 * Fergus 2013, figure 2: "the top 9 activations in a random subset of feature maps across the validation data").
 * Stops between passes when `signal` aborts.
 */
export async function* scan(
  inputs: AsyncIterable<ScanImage>,
  forward: Forward,
  { layers, fetched, each, signal }: ScanSettings,
): AsyncGenerator<ScannedPass> {
  for await (const { images, results } of runPasses(inputs, forward, signal)) {
    yield {
      images,
      layers: layers.map((layer) => readPeaks(results, layer, fetched(layer), images.length, each)),
    };
  }
}

function readPeaks(
  results: ReadonlyMap<string, Float32Array>,
  { tensor, maps, height, width }: ScannedLayer,
  fetched: Fetched,
  images: number,
  wanted: number,
): LayerPeaks {
  const rows = images * maps;
  if (fetched.kind === 'peaks') {
    const values = results.get(fetched.maxima)!.slice(0, rows);
    const positions = fetched.positions === null ? new Int32Array(rows) : results.get(fetched.positions)!;
    return { each: 1, values, positions: Int32Array.from(positions.subarray(0, rows)) };
  }
  const source = results.get(tensor)!;
  const plane = height * width;
  const each = Math.min(wanted, plane);
  const values = new Float32Array(rows * each);
  const positions = new Int32Array(rows * each);
  for (let row = 0; row < rows; row++) {
    const strongest = strongestPositions(source.subarray(row * plane, (row + 1) * plane), each);
    strongest.forEach((position, i) => {
      values[row * each + i] = source[row * plane + position]!;
      positions[row * each + i] = position;
    });
  }
  return { each, values, positions };
}
