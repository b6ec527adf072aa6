import type { Rule, Step } from '../rule';
import { sendDown } from './pointwise';
import { forEachRow, type Signal, type Target } from '../signal';
import { intAttribute } from '../../graph/attributes';
import { broadcastStrides, offsetsOf } from '../../ops/broadcast';
import { mapDims, type Grid } from '../../ops/grid';
import { inputDims, outputDims, outputGrid, type Site } from '../../ops/site';
import { sizeOf, toFloat32, type Dims } from '../../tensor/tensor';

/** How to find, for a position of an elementwise result, the operand's element that took part. */
interface Operand {
  /** Offset of each map of the result. */
  readonly maps: Int32Array;
  readonly stepY: number;
  readonly stepX: number;
}

function operandOf(operand: Dims, output: Dims, grid: Grid): Operand {
  const strides = broadcastStrides(operand, output);
  const maps = offsetsOf(mapDims(output, grid), strides.slice(0, output.length - grid.axes));
  const last = strides.at(-1) ?? 0;
  if (grid.axes === 2) return { maps, stepY: strides.at(-2)!, stepX: last };
  return grid.axes === 1 ? { maps, stepY: last * grid.width, stepX: last } : { maps, stepY: 0, stepX: 0 };
}

/** The signal goes to every operand unchanged (residual connections); with a sign where it was subtracted. */
function spread(signs: (input: number) => number): Rule {
  return {
    down(step) {
      step.inputs.forEach((target, input) => {
        if (target !== undefined) addToOperand(step, target, input, signs(input));
      });
    },
  };
}

/** Add and Sum: the signal goes to every operand unchanged. */
export const addBack = spread(() => 1);
/** Sub: the second operand was taken away, so the signal arrives with the opposite sign. */
export const subtractBack = spread((input) => (input === 0 ? 1 : -1));

function addToOperand(step: Step, target: Target, input: number, sign: number): void {
  const from = step.outputs[0]!;
  if (isAligned(from.grid, target.placement.grid)) {
    sendDown(
      { ...from, data: sign === 1 ? from.data.slice() : from.data.map((value) => sign * value) },
      target,
    );
  } else sumIntoOperand(step, target.signal(), input, () => sign);
}

/** Whether an operand was not repeated along any axis, so that its elements are those of the result. */
function isAligned(result: Grid, operand: Grid): boolean {
  return result.maps === operand.maps && result.height === operand.height && result.width === operand.width;
}

/** The adjoint of broadcasting: an operand that was repeated receives the sum over its copies. */
function sumIntoOperand(
  step: Step,
  to: Signal,
  input: number,
  factor: (map: number, y: number, x: number) => number,
): void {
  const from = step.outputs[0]!;
  const operand = operandOf(inputDims(step.site, input), outputDims(step.site), from.grid);
  const { maps, height, width } = to.grid;
  forEachPosition(from, (value, map, unit, y, x) => {
    const element = operand.maps[map]! + y * operand.stepY + x * operand.stepX;
    const row = (Math.floor(element / width) % height) - to.tops[unit]!;
    const column = (element % width) - to.lefts[unit]!;
    if (row < 0 || row >= to.height || column < 0 || column >= to.width) return;
    const plane = unit * maps + Math.floor(element / (height * width));
    to.data[(plane * to.height + row) * to.width + column]! += value * factor(map, y, x);
  });
}

function forEachPosition(
  from: Signal,
  visit: (value: number, map: number, unit: number, y: number, x: number) => void,
): void {
  for (let unit = 0, source = 0; unit < from.units; unit++) {
    for (let map = 0; map < from.grid.maps; map++) {
      for (let y = 0; y < from.height; y++) {
        for (let x = 0; x < from.width; x++, source++) {
          const value = from.data[source]!;
          if (value !== 0) visit(value, map, unit, from.tops[unit]! + y, from.lefts[unit]! + x);
        }
      }
    }
  }
}

/** The operand that `rewrite/gates` found to be made from the other one through a pool; -1 for none. */
const markedGate = ({ node }: Site): number => intAttribute(node, 'gate', -1);

/** Index of the operand of a product or quotient that is frozen at its forward value. */
function frozenOperand(site: Site): number {
  const marked = markedGate(site);
  if (marked >= 0) return marked;
  for (const input of [1, 0]) if (site.constants.has(site.node.inputs[input]!)) return input;
  return sizeOf(inputDims(site, 0)) < sizeOf(inputDims(site, 1)) ? 0 : 1;
}

function isGate(site: Site): boolean {
  if (markedGate(site) >= 0) return true;
  const gate = inputDims(site, frozenOperand(site));
  const [height, width] = gate.slice(-2);
  const grid = outputGrid(site);
  return grid.axes === 2 && grid.height * grid.width > 1 && gate.length >= 3 && height === 1 && width === 1;
}

const isScaling = (site: Site): boolean => site.constants.has(site.node.inputs[frozenOperand(site)]!);

/**
 * Times a constant; or through a gate such as squeeze-excite's: the operand broadcast over space is frozen at its forward
 * value, and nothing goes down the gate.
 */
export const scaleByFrozen: Rule = scaling((value, frozen) => value * frozen, {
  refuses: (site) =>
    isScaling(site) || isGate(site)
      ? undefined
      : 'it multiplies two activations, neither of which is a gate over whole maps',
});

/** Div by a constant or by a gate, which is frozen as in a product. Refuses where an activation divides. */
export const divideByFrozen: Rule = scaling((value, frozen) => value / frozen, {
  refuses(site) {
    if (frozenOperand(site) === 0) return 'it divides by an activation';
    return isScaling(site) || isGate(site) ? undefined : 'it divides two activations';
  },
});

function scaling(apply: (value: number, frozen: number) => number, checks: Pick<Rule, 'refuses'>): Rule {
  return {
    ...checks,
    approximate: (site) =>
      isScaling(site) ? undefined : 'the gate is frozen at its forward value; nothing goes down the gate',
    carries: (site) => [1 - frozenOperand(site)],
    needs: (site) => (isScaling(site) ? [] : [site.node.inputs[frozenOperand(site)]!]),
    down(step) {
      const frozen = frozenOperand(step.site);
      multiplyInto(step, 1 - frozen, frozen, apply);
    },
  };
}

function multiplyInto(
  step: Step,
  input: number,
  other: number,
  apply: (value: number, frozen: number) => number,
): void {
  const { site } = step;
  const from = step.outputs[0]!;
  const to = step.inputs[input]!.signal();
  const { data } = from;
  const { data: sum } = to;
  const name = site.node.inputs[other]!;
  const constant = site.constants.get(name);
  const values = constant ? toFloat32(constant) : step.recorded(name);
  const frozen = operandOf(inputDims(site, other), outputDims(site), from.grid);
  if (!isAligned(from.grid, to.grid)) {
    sumIntoOperand(step, to, input, (map, y, x) =>
      apply(1, values[frozen.maps[map]! + y * frozen.stepY + x * frozen.stepX]!),
    );
    return;
  }
  forEachRow(from, to, (f, t, length, map, y, x) => {
    let v = frozen.maps[map]! + y * frozen.stepY + x * frozen.stepX;
    for (let i = 0; i < length; i++, v += frozen.stepX) sum[t + i]! += apply(data[f + i]!, values[v]!);
  });
}

/** The true derivative of a product: each operand receives the signal times the other. */
export const productRule: Rule = {
  needs: (site) => site.node.inputs.filter((name) => !site.constants.has(name)),
  down(step) {
    if (step.inputs[0]) multiplyInto(step, 0, 1, (value, other) => value * other);
    if (step.inputs[1]) multiplyInto(step, 1, 0, (value, other) => value * other);
  },
};
