import type { LayerFilters } from '../filters/layerFilters';

/** How the energy of one filter is spread over spatial frequencies, in cycles per position of its input. Shares of 1. */
export interface Spectrum {
  /** Below an eighth: colours, and what changes slowly. */
  readonly low: number;
  /** From an eighth up to a quarter. */
  readonly mid: number;
  /** A quarter and more: edges and textures of few pixels. */
  readonly high: number;
  /** Beyond what the layer's stride can carry, half a cycle per step along an axis: after sampling it passes for something else. */
  readonly aliased: number;
}

/** Sampling points of a period along each axis; a multiple of all bounds. */
const SAMPLES = 32;

/**
 * The power spectrum of every filter, summed over its channels: the discrete Fourier transform of the weights, padded with zeros,
 * by frequency (Zeiler & Fergus 2013, section 4.1, judges first layers by their low, mid and high frequencies). A filter of
 * zeros has shares of 0.
 */
export function filterSpectra({ dims, weights, stride }: LayerFilters): Spectrum[] {
  const [count, channels, height, width] = dims;
  const plane = height * width;
  const tables = { y: waves(height), x: waves(width) };
  return Array.from({ length: count }, (_, filter) => {
    const power = new Float64Array(SAMPLES * SAMPLES);
    for (let channel = 0; channel < channels; channel++) {
      const start = (filter * channels + channel) * plane;
      addPower(weights.subarray(start, start + plane), { height, width, tables }, power);
    }
    return sharesOf(power, stride);
  });
}

/**
 * The power spectrum of all filters of a layer together, each by its energy: the transform of their autocorrelation (Wiener and
 * Khinchin), which takes one walk over the weights.
 */
export function layerSpectrum({ dims, weights, stride }: LayerFilters): Spectrum {
  const [, , height, width] = dims;
  const plane = height * width;
  const power = new Float64Array(SAMPLES * SAMPLES);
  for (let dy = 1 - height; dy < height; dy++) {
    for (let dx = 1 - width; dx < width; dx++) {
      let products = 0;
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
          const apart = dy * width + dx;
          for (let i = y * width + x; i < weights.length; i += plane) {
            products += weights[i]! * weights[i + apart]!;
          }
        }
      }
      for (let i = 0; i < power.length; i++) {
        const cycles = (Math.floor(i / SAMPLES) * dy + (i % SAMPLES) * dx) / SAMPLES;
        power[i]! += products * Math.cos(2 * Math.PI * cycles);
      }
    }
  }
  return sharesOf(power, stride);
}

/**
 * What white noise would have, of any kernel size: all frequencies alike, as a single weight has them. `deviation` is that of the
 * shares of so many independent weights about it, for a share p of n weights the root of 2 p (1 - p) / n.
 */
export function noiseShare(
  band: keyof Spectrum,
  { weights, stride }: Pick<LayerFilters, 'weights' | 'stride'>,
): { readonly share: number; readonly deviation: number } {
  const power = new Float64Array(SAMPLES * SAMPLES).fill(1);
  const share = sharesOf(power, stride)[band];
  return { share, deviation: Math.sqrt((2 * share * (1 - share)) / weights.length) };
}

interface Waves {
  /** `SAMPLES x length`. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function waves(length: number): Waves {
  const angle = (i: number) => (-2 * Math.PI * Math.floor(i / length) * (i % length)) / SAMPLES;
  const all = Array.from({ length: SAMPLES * length }, (_, i) => angle(i));
  return { cos: Float64Array.from(all, Math.cos), sin: Float64Array.from(all, Math.sin) };
}

interface Plane {
  readonly height: number;
  readonly width: number;
  readonly tables: { readonly y: Waves; readonly x: Waves };
}

/** Adds |DFT|² of one channel: first along the rows, then along the columns. */
function addPower(values: Float32Array, { height, width, tables }: Plane, power: Float64Array): void {
  const [real, imaginary] = [new Float64Array(height * SAMPLES), new Float64Array(height * SAMPLES)];
  for (let y = 0; y < height; y++) {
    for (let u = 0; u < SAMPLES; u++) {
      for (let x = 0; x < width; x++) {
        const value = values[y * width + x]!;
        real[y * SAMPLES + u]! += value * tables.x.cos[u * width + x]!;
        imaginary[y * SAMPLES + u]! += value * tables.x.sin[u * width + x]!;
      }
    }
  }
  for (let v = 0; v < SAMPLES; v++) {
    for (let u = 0; u < SAMPLES; u++) {
      let [a, b] = [0, 0];
      for (let y = 0; y < height; y++) {
        const [cos, sin] = [tables.y.cos[v * height + y]!, tables.y.sin[v * height + y]!];
        const [re, im] = [real[y * SAMPLES + u]!, imaginary[y * SAMPLES + u]!];
        a += re * cos - im * sin;
        b += re * sin + im * cos;
      }
      power[v * SAMPLES + u]! += a * a + b * b;
    }
  }
}

function sharesOf(power: Float64Array, stride: readonly [number, number]): Spectrum {
  const shares = { low: 0, mid: 0, high: 0, aliased: 0 };
  let total = 0;
  power.forEach((energy, i) => {
    const y = frequency(Math.floor(i / SAMPLES));
    const x = frequency(i % SAMPLES);
    const radius = Math.hypot(y, x);
    total += energy;
    shares[radius < 1 / 8 ? 'low' : radius < 1 / 4 ? 'mid' : 'high'] += energy;
    if (y > 0.5 / stride[0] || x > 0.5 / stride[1]) shares.aliased += energy;
  });
  if (total === 0) return shares;
  return {
    low: shares.low / total,
    mid: shares.mid / total,
    high: shares.high / total,
    aliased: shares.aliased / total,
  };
}

/** Cycles per position of a sampling point, without its sign. */
function frequency(index: number): number {
  return Math.min(index, SAMPLES - index) / SAMPLES;
}
