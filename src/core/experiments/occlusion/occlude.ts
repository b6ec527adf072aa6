import type { Box } from '../../graph/box';
import type { FloatTensor } from '../../tensor/tensor';
import type { Forward } from '../forward';

/** Runs one network on one picture with parts of it hidden. */
export interface Occluder {
  /** How many windows one run should take at most. */
  readonly batch: number;
  /** Tensors for each window in turn, the box hidden; an empty box hides nothing. */
  run(windows: readonly Box[]): Promise<ReadonlyMap<string, Float32Array>>;
}

/** The network input of a picture, and of the picture as the square shows it. Both `[1, C, H, W]`. */
export interface OccludedInput {
  readonly clean: FloatTensor;
  readonly covered: FloatTensor;
}

/**
 * Runs whole inputs. Preprocessing works pixel by pixel, so copying a window between two inputs is the same as filling it
 * in the picture and preprocessing that.
 */
export function plainOccluder(forward: Forward, { clean, covered }: OccludedInput): Occluder {
  const size = clean.data.length;
  return {
    batch: forward.batch,
    run: (windows) => {
      const inputs = new Float32Array(windows.length * size);
      windows.forEach((window, i) => {
        const input = inputs.subarray(i * size, (i + 1) * size);
        input.set(clean.data);
        copyBox(covered, window, input);
      });
      return forward.run(inputs);
    },
  };
}

/** Copies a box of every channel to the same place of another input. */
export function copyBox({ data, dims }: FloatTensor, box: Box, target: Float32Array): void {
  const [, channels, height, width] = dims as [number, number, number, number];
  for (let c = 0; c < channels; c++) {
    for (let y = box.top; y < box.top + box.height; y++) {
      const start = (c * height + y) * width + box.left;
      target.set(data.subarray(start, start + box.width), start);
    }
  }
}
