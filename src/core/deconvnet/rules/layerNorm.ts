import { sendDown } from './pointwise';
import type { Rule, Step } from '../rule';
import type { Signal } from '../signal';
import { floatAttribute, intAttribute } from '../../graph/attributes';
import { isOverMaps } from '../../ops/dense';
import { constantInput, inputDims, inputGrid, inputName, normalizeAxis, type Site } from '../../ops/site';
import { sizeOf, toFloat32 } from '../../tensor/tensor';

/** Values that are normalised together: `length` of them, `step` apart. */
export interface Group {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** A group in the signal and in the recorded tensor. */
type Visit = (signal: Group, recorded: Group) => void;

/** How many trailing elements a layer norm takes together where it does not work on maps. */
function groupLength(site: Site): number {
  const dims = inputDims(site, 0);
  return sizeOf(dims.slice(normalizeAxis(intAttribute(site.node, 'axis', -1), dims.length)));
}

/** All maps at one position; or, where the tensor has no positions, runs of trailing elements. */
function forEachGroup(site: Site, from: Signal, visit: Visit): void {
  const { maps, height, width } = from.grid;
  const overMaps = isOverMaps(site);
  const length = overMaps ? maps : groupLength(site);
  const plane = from.height * from.width;
  for (let unit = 0; unit < from.units; unit++) {
    const first = unit * maps * plane;
    if (!overMaps) {
      for (let start = 0; start < maps; start += length)
        visit({ start: first + start, step: 1, length }, { start, step: 1, length });
      continue;
    }
    for (let y = 0; y < from.height; y++) {
      for (let x = 0; x < from.width; x++) {
        const start = (from.tops[unit]! + y) * width + from.lefts[unit]! + x;
        visit(
          { start: first + y * from.width + x, step: plane, length },
          { start, step: height * width, length },
        );
      }
    }
  }
}

function refuseOverPositions(site: Site): string | undefined {
  const scale = inputName(site, 1);
  if (scale !== '' && !constantInput(site, 1)) return 'its factors depend on the image';
  if (isOverMaps(site) || inputGrid(site, 0).axes === 0) return undefined;
  return 'it normalises over positions, so that every unit would see every pixel through the mean';
}

/** 1 / sqrt(variance + epsilon) of a recorded group, and its mean. */
export function statisticsOf(values: Float32Array, { start, step, length }: Group, epsilon: number) {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < length; i++) sum += values[start + i * step]!;
  const mean = sum / length;
  for (let i = 0; i < length; i++) squares += (values[start + i * step]! - mean) ** 2;
  return { mean, scale: 1 / Math.sqrt(squares / length + epsilon) };
}

/** What a layer norm does to the signal of a group, in place, given its statistics. */
type Down = (data: Float32Array, group: Group, values: Float32Array, recorded: Group, statistics: ReturnType<typeof statisticsOf>) => void; // prettier-ignore

function throughStatistics(down: Down): Pick<Rule, 'needs' | 'refuses' | 'down'> {
  return {
    needs: (site) => [site.node.inputs[0]!],
    refuses: refuseOverPositions,
    down(step: Step) {
      const from = step.outputs[0]!;
      const values = step.recorded(step.site.node.inputs[0]!);
      const epsilon = floatAttribute(step.site.node, 'epsilon', 1e-5);
      const factors = constantInput(step.site, 1);
      const gamma = factors && toFloat32(factors);
      forEachGroup(step.site, from, (group, recorded) => {
        if (gamma)
          for (let i = 0; i < group.length; i++) from.data[group.start + i * group.step]! *= gamma[i]!;
        down(from.data, group, values, recorded, statisticsOf(values, recorded, epsilon));
      });
      sendDown(from, step.inputs[0]!);
    },
  };
}

/**
 * Layer norm over the maps of a position: the factor and the deviation go down, frozen at their forward values as a gate is;
 * nothing goes down to the mean and the deviation. The paper does not know it.
 */
export const scaleLayerNorm: Rule = {
  ...throughStatistics((data, { start, step, length }, _values, _recorded, { scale }) => {
    for (let i = 0; i < length; i++) data[start + i * step]! *= scale;
  }),
  approximate: () => 'its mean and deviation are frozen at their forward values; nothing goes down to them',
};

/** The true derivative of layer norm. */
export const derivativeOfLayerNorm: Rule = throughStatistics(
  (data, { start, step, length }, values, recorded, { mean, scale }) => {
    const normal = (i: number): number => (values[recorded.start + i * recorded.step]! - mean) * scale;
    let [sum, product] = [0, 0];
    for (let i = 0; i < length; i++) {
      sum += data[start + i * step]!;
      product += data[start + i * step]! * normal(i);
    }
    for (let i = 0; i < length; i++) {
      const at = start + i * step;
      data[at] = scale * (data[at]! - sum / length - (normal(i) * product) / length);
    }
  },
);
