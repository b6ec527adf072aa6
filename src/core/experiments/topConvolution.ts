import type { Layer } from '../graph/layers';
import type { Network } from '../network';

/**
 * The last convolutional layer whose maps still have positions, "the top convolutional layer" of the paper; the last layer
 * where there is none.
 */
export function topConvolution({ layers }: Network): Layer | undefined {
  const spatial = layers.filter(({ nodes, shape }) => isConvolution(nodes[0]!.op) && isSpatial(shape));
  return spatial.at(-1) ?? layers.at(-1);
}

function isConvolution(op: string): boolean {
  return op === 'Conv' || op === 'ConvTranspose';
}

function isSpatial([, height = 1, width = 1]: readonly number[]): boolean {
  return height * width > 1;
}
