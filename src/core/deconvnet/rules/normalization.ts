import { passage, scaleMaps } from './pointwise';
import type { Rule } from '../rule';
import type { Signal } from '../signal';
import { floatAttribute, intAttribute } from '../../graph/attributes';
import { batchNormGains } from '../../ops/mapGains';
import { constantInput } from '../../ops/site';

/** Batch normalisation at inference is a factor for each map and a shift; the factor goes down, the shift does not. */
export const scaleBatchNorm: Rule = {
  refuses: (site) =>
    [1, 2, 3, 4].some((i) => constantInput(site, i) === undefined)
      ? 'its statistics depend on the image'
      : undefined,
  down: (step) => scaleMaps(step, batchNormGains(step.site)),
};

/** What early exports of Core ML models prepare the image with: one factor, and a shift for each channel; the factor goes down. */
export const scaleImage: Rule = {
  down: (step) => scaleMaps(step, Float32Array.of(floatAttribute(step.site.node, 'scale', 1))),
};

/**
 * The true derivative of local response normalisation across maps, y = x / d^beta with
 * d = bias + alpha / size * sum of x² over neighbouring maps. The deconvnet passes it by; the gradient method does not.
 */
export const derivativeOfLrn: Rule = {
  needs: (site) => [site.node.inputs[0]!],
  down(step) {
    const { from, to } = passage(step);
    const { node } = step.site;
    const size = intAttribute(node, 'size', 1);
    const parameters = {
      size,
      before: intAttribute(node, 'before', Math.floor((size - 1) / 2)),
      alpha: floatAttribute(node, 'alpha', 1e-4),
      beta: floatAttribute(node, 'beta', 0.75),
      bias: floatAttribute(node, 'bias', 1),
    };
    const input = step.recorded(node.inputs[0]!);
    for (let unit = 0; unit < from.units; unit++) {
      for (let y = 0; y < from.height; y++) {
        for (let x = 0; x < from.width; x++) downColumn({ from, to, input, unit, y, x }, parameters);
      }
    }
  },
};

interface Place {
  readonly from: Signal;
  readonly to: Signal;
  readonly input: Float32Array;
  readonly unit: number;
  readonly y: number;
  readonly x: number;
}

interface LrnParameters {
  /** How many maps, and how many of them come before a map itself. */
  readonly size: number;
  readonly before: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

/** All maps at one position. */
function downColumn(
  { from, to, input, unit, y, x }: Place,
  { size, before, alpha, beta, bias }: LrnParameters,
): void {
  const { maps, height, width } = from.grid;
  const [row, column] = [from.tops[unit]! + y, from.lefts[unit]! + x];
  const [toY, toX] = [row - to.tops[unit]!, column - to.lefts[unit]!];
  if (toY < 0 || toY >= to.height || toX < 0 || toX >= to.width) return;
  const activation = (map: number): number => input[(map * height + row) * width + column]!;
  const signal = (map: number): number =>
    from.data[((unit * maps + map) * from.height + y) * from.width + x]!;
  const after = size - 1 - before;
  const scale = new Float64Array(maps);
  const weighted = new Float64Array(maps);
  for (let map = 0; map < maps; map++) {
    let sum = 0;
    for (let j = Math.max(0, map - before); j <= Math.min(maps - 1, map + after); j++)
      sum += activation(j) ** 2;
    scale[map] = bias + (alpha / size) * sum;
    weighted[map] = signal(map) * activation(map) * scale[map]! ** (-beta - 1);
  }
  for (let map = 0; map < maps; map++) {
    // Map j divides by a sum that contains this map when this map lies in j - before … j + after.
    let sum = 0;
    for (let j = Math.max(0, map - after); j <= Math.min(maps - 1, map + before); j++) sum += weighted[j]!;
    const value = signal(map) * scale[map]! ** -beta - ((2 * alpha * beta) / size) * activation(map) * sum;
    to.data[((unit * maps + map) * to.height + toY) * to.width + toX]! += value;
  }
}
