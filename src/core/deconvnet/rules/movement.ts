import type { Rule, Step } from '../rule';
import { sendDown } from './pointwise';
import { addShifted, type Signal } from '../signal';
import { movementOf, type Movement } from '../../ops/layout';
import type { GraphNode } from '../../graph/graph';

/** Movements of a node by `input:output`; index tables of big tensors are worth keeping. */
const movements = new WeakMap<GraphNode, Map<string, Movement>>();

function cachedMovement(step: Step, input: number, output: number): Movement {
  const known = movements.get(step.site.node) ?? new Map<string, Movement>();
  movements.set(step.site.node, known);
  const dims = step.site.shapes.get(step.site.node.inputs[input]!)!;
  const key = `${input}:${output}:${dims.join(',')}`;
  let movement = known.get(key);
  if (movement === undefined) known.set(key, (movement = movementOf(step.site, input, output)));
  return movement;
}

/**
 * Operators that only move data (reshapes, transposes, concatenations, splits, slices, pads): every value goes back to
 * where it came from. A channel shuffle is three of these.
 */
export const moveBack: Rule = {
  down(step) {
    step.outputs.forEach((from, output) => {
      if (from === undefined) return;
      step.inputs.forEach((target, input) => {
        if (target === undefined) return;
        const movement = cachedMovement(step, input, output);
        if (movement.scope === 'elements') moveElements(from, target.signal(), movement.source);
        else if (staysInPlace(movement)) sendDown(from, target);
        else moveMaps(from, target.signal(), movement);
      });
    });
  },
};

/** Whether every map stays where it is, as in most reshapes: the signal is the same under another shape. */
function staysInPlace({ source, shiftY, shiftX }: Movement): boolean {
  return shiftY === 0 && shiftX === 0 && source.every((map, index) => map === index);
}

function moveMaps(from: Signal, to: Signal, { source, shiftY, shiftX }: Movement): void {
  addShifted(from, to, { y: shiftY, x: shiftX, maps: source });
}

/** Every element for itself, into the window of its unit. */
function moveElements(from: Signal, to: Signal, source: Int32Array): void {
  const plane = to.grid.height * to.grid.width;
  for (let unit = 0, i = 0; unit < from.units; unit++) {
    for (let map = 0; map < from.grid.maps; map++) {
      for (let y = 0; y < from.height; y++) {
        const row = (map * from.grid.height + from.tops[unit]! + y) * from.grid.width + from.lefts[unit]!;
        for (let x = 0; x < from.width; x++, i++) {
          const target = source[row + x]!;
          if (from.data[i] === 0 || target < 0) continue;
          const toMap = Math.floor(target / plane);
          const toY = Math.floor((target - toMap * plane) / to.grid.width);
          const toX = target - toMap * plane - toY * to.grid.width;
          to.data[
            ((unit * to.grid.maps + toMap) * to.height + toY - to.tops[unit]!) * to.width +
              toX -
              to.lefts[unit]!
          ]! += from.data[i]!;
        }
      }
    }
  }
}
