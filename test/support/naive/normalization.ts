import { input, numberOf, numbersOf, signal } from './site';
import type { DownSite, NaiveOperator, Site } from './site';
import { fill, flatOf, map } from './values';
import type { Values } from './values';

function channelOf(flat: number, dims: readonly number[]): number {
  const plane = dims.slice(2).reduce((size, dim) => size * dim, 1);
  return Math.floor(flat / plane) % dims[1]!;
}

export const batchNormalization: NaiveOperator = {
  forward(site) {
    const [x, bias, mean] = [input(site, 0), input(site, 2), input(site, 3)];
    return [
      map(x, (value, i) => {
        const c = channelOf(i, x.dims);
        return (value - mean.data[c]!) * batchScale(site, c) + bias.data[c]!;
      }),
    ];
  },
  down: (site) => {
    const s = signal(site);
    return [map(s, (value, i) => value * batchScale(site, channelOf(i, s.dims)))];
  },
};

/** gamma / sqrt(var + eps). */
function batchScale(site: Site, channel: number): number {
  const [gamma, variance] = [input(site, 1), input(site, 4)];
  return gamma.data[channel]! / Math.sqrt(variance.data[channel]! + numberOf(site, 'epsilon', 1e-5));
}

interface Response {
  readonly alpha: number;
  readonly beta: number;
  readonly size: number;
  /** The maps whose squares are summed for map `c`: those from `c - below` to `c + above`. */
  readonly below: number;
  readonly above: number;
  /** bias + alpha / size * sum of squares, for every value. */
  readonly base: Values;
}

function response(site: Site): Response {
  const x = input(site, 0);
  const size = numberOf(site, 'size', 1);
  const [alpha, beta] = [numberOf(site, 'alpha', 1e-4), numberOf(site, 'beta', 0.75)];
  const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const base = fill(x.dims, ([n, c, y, left]) => {
    let squares = 0;
    for (let other = c! - below; other <= c! + above; other++) {
      if (other < 0 || other >= x.dims[1]!) continue;
      squares += x.data[flatOf([n!, other, y!, left!], x.dims)]! ** 2;
    }
    return numberOf(site, 'bias', 1) + (alpha / size) * squares;
  });
  return { alpha, beta, size, below, above, base };
}

/** Contrast normalisation: skipped on the way down, except for the true gradient. */
export const lrn: NaiveOperator = {
  forward(site) {
    const { beta, base } = response(site);
    return [map(input(site, 0), (x, i) => x / base.data[i]! ** beta)];
  },
  down: (site) => [site.method === 'gradient' ? lrnGradient(site) : signal(site)],
};

function lrnGradient(site: DownSite): Values {
  const [x, s] = [input(site, 0), signal(site)];
  const { alpha, beta, size, below, above, base } = response(site);
  return fill(x.dims, ([n, c, y, left], i) => {
    let slope = s.data[i]! / base.data[i]! ** beta;
    for (let other = c! - above; other <= c! + below; other++) {
      if (other < 0 || other >= x.dims[1]!) continue;
      const j = flatOf([n!, other, y!, left!], x.dims);
      slope -=
        s.data[j]! * x.data[j]! * beta * base.data[j]! ** (-beta - 1) * ((2 * alpha) / size) * x.data[i]!;
    }
    return slope;
  });
}

/** Before operator set 13 the axes from `axis` on are one, since then `axis` alone. */
function softmaxLines(site: Site): number[][] {
  const { dims, data } = input(site, 0);
  const old = site.opset < 13;
  const given = numberOf(site, 'axis', old ? 1 : -1);
  const axis = given < 0 ? given + dims.length : given;
  const length = old ? dims.slice(axis).reduce((a, b) => a * b, 1) : dims[axis]!;
  const step = old ? 1 : dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const lines: number[][] = [];
  for (let first = 0; first < data.length; first++) {
    if (Math.floor(first / step) % length !== 0) continue;
    lines.push(Array.from({ length }, (_, k) => first + k * step));
  }
  return lines;
}

export const softmax: NaiveOperator = {
  forward(site) {
    const out = map(input(site, 0), Math.exp);
    for (const line of softmaxLines(site)) {
      const total = line.reduce((sum, i) => sum + out.data[i]!, 0);
      for (const i of line) out.data[i]! /= total;
    }
    return [out];
  },
  down(site) {
    if (site.method !== 'gradient')
      throw new Error('Class units start from the logit, not behind the softmax');
    const [s, y] = [signal(site), site.outputs[0]!];
    const result = map(s, () => 0);
    for (const line of softmaxLines(site)) {
      const mean = line.reduce((sum, i) => sum + s.data[i]! * y.data[i]!, 0);
      for (const i of line) result.data[i] = y.data[i]! * (s.data[i]! - mean);
    }
    return [result];
  },
};

/** Runs of values that a layer norm takes together: mean, and one over the deviation. */
function statistics(site: Site): {
  readonly length: number;
  readonly of: (flat: number) => [mean: number, scale: number];
} {
  const { dims, data } = input(site, 0);
  const axis = numberOf(site, 'axis', -1);
  const length = dims.slice(axis < 0 ? axis + dims.length : axis).reduce((a, b) => a * b, 1);
  const of = (flat: number): [number, number] => {
    const first = Math.floor(flat / length) * length;
    const run = data.slice(first, first + length);
    const mean = run.reduce((a, b) => a + b, 0) / length;
    const variance = run.reduce((a, b) => a + (b - mean) ** 2, 0) / length;
    return [mean, 1 / Math.sqrt(variance + numberOf(site, 'epsilon', 1e-5))];
  };
  return { length, of };
}

/** The deconvnet keeps mean and deviation as they were on the way up; the gradient goes through both. */
export const layerNormalization: NaiveOperator = {
  forward(site) {
    const { length, of } = statistics(site);
    const [gamma, beta] = [site.inputs[1]?.data, site.inputs[2]?.data];
    return [
      map(input(site, 0), (x, i) => {
        const [mean, scale] = of(i);
        return (x - mean) * scale * (gamma?.[i % length] ?? 1) + (beta?.[i % length] ?? 0);
      }),
    ];
  },
  down(site) {
    const [x, s] = [input(site, 0), signal(site)];
    const { length, of } = statistics(site);
    const gamma = site.inputs[1]?.data;
    const scaled = map(s, (value, i) => value * (gamma?.[i % length] ?? 1) * of(i)[1]);
    if (site.method !== 'gradient') return [scaled];
    return [
      map(scaled, (value, i) => {
        const first = Math.floor(i / length) * length;
        const [mean, scale] = of(i);
        let through = value;
        for (let j = first; j < first + length; j++) {
          through -=
            (scaled.data[j]! * (1 + (x.data[i]! - mean) * scale * (x.data[j]! - mean) * scale)) / length;
        }
        return through;
      }),
    ];
  },
};

/** Mean, and one over the deviation, of all values of one map of one image. */
function ofMap(site: Site, flat: number): [mean: number, scale: number] {
  const { dims, data } = input(site, 0);
  const plane = dims.slice(2).reduce((size, dim) => size * dim, 1);
  const first = Math.floor(flat / plane) * plane;
  const values = data.slice(first, first + plane);
  const mean = values.reduce((a, b) => a + b, 0) / plane;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / plane;
  return [mean, 1 / Math.sqrt(variance + numberOf(site, 'epsilon', 1e-5))];
}

/** The deconvnet keeps mean and deviation as they were on the way up. */
export const instanceNormalization: NaiveOperator = {
  forward(site) {
    const [x, gamma, beta] = [input(site, 0), input(site, 1), input(site, 2)];
    return [
      map(x, (value, i) => {
        const [mean, scale] = ofMap(site, i);
        const c = channelOf(i, x.dims);
        return (value - mean) * scale * gamma.data[c]! + beta.data[c]!;
      }),
    ];
  },
  down(site) {
    const s = signal(site);
    const gamma = input(site, 1);
    return [map(s, (value, i) => value * gamma.data[channelOf(i, s.dims)]! * ofMap(site, i)[1])];
  },
};

/** One factor, and a shift for each channel, as early exports of Core ML models begin. */
export const imageScaler: NaiveOperator = {
  forward(site) {
    const x = input(site, 0);
    const shifts = numbersOf(site, 'bias') ?? [];
    return [map(x, (value, i) => value * numberOf(site, 'scale', 1) + shifts[channelOf(i, x.dims)]!)];
  },
  down: (site) => [map(signal(site), (value) => value * numberOf(site, 'scale', 1))],
};
