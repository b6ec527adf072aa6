import type { Window } from '../../../core/ops/window';

/** The maxima of every window, and where each was. */
export interface PoolMaxima {
  readonly maxima: Float32Array;
  /** Row-major index in the pool's input `[batch, channels, height, width]`, the order of graphs. */
  readonly switches: Int32Array;
}

/**
 * Max pooling of maps `[batch, height, width, channels]`, both results in that order. The first maximum in row-major order
 * wins ties, padding never wins, and NaN is a maximum, as in ONNX Runtime. `maxPoolWithArgmax` has none of this on every backend.
 */
export function poolMaxima(
  values: Float32Array,
  [batch, height, width, maps]: readonly [number, number, number, number],
  { y, x }: Window,
): PoolMaxima {
  const maxima = new Float32Array(batch * y.output * x.output * maps);
  const switches = new Int32Array(maxima.length);
  let target = 0;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < y.output; row++) {
      const rows = insideOf(row * y.stride - y.padBefore, y.kernel, y.dilation, height);
      for (let column = 0; column < x.output; column++) {
        const columns = insideOf(column * x.stride - x.padBefore, x.kernel, x.dilation, width);
        for (let map = 0; map < maps; map++, target++) {
          let best = -Infinity;
          let at = -1;
          for (const tapY of rows) {
            for (const tapX of columns) {
              const value = values[((image * height + tapY) * width + tapX) * maps + map]!;
              if (at < 0 || value > best || (value !== value && best === best)) {
                best = value;
                at = tapY * width + tapX;
              }
            }
          }
          maxima[target] = best;
          switches[target] = at < 0 ? 0 : (image * maps + map) * height * width + at;
        }
      }
    }
  }
  return { maxima, switches };
}

/** The positions of a window's taps along one axis that lie in the input. */
function insideOf(start: number, kernel: number, dilation: number, length: number): number[] {
  return Array.from({ length: kernel }, (_, i) => start + i * dilation).filter((i) => i >= 0 && i < length);
}
