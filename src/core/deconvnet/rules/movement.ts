import type { Rule, Step } from '../rule';
import { addShifted, isWhole, type Signal } from '../signal';
import { movementOf, type Movement } from '../../ops/layout';
import type { GraphNode } from '../../graph/graph';

/** Movements of a node by `input:output`; index tables of big tensors are worth keeping. */
const movements = new WeakMap<GraphNode, Map<string, Movement>>();

function cachedMovement(step: Step, input: number, output: number): Movement {
  const known = movements.get(step.site.node) ?? new Map<string, Movement>();
  movements.set(step.site.node, known);
  const dims = step.site.shapes.get(step.site.node.inputs[input]!)!;
  const key = `${input}:${output}:${dims.join('x')}`;
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
        const { scope, source, shiftY, shiftX } = cachedMovement(step, input, output);
        const to = target.signal();
        if (scope === 'maps') addShifted(from, to, { y: shiftY, x: shiftX, maps: source });
        else moveElements(from, to, source);
      });
    });
  },
};

/** Every element for itself. The input's window is the whole tensor, since such an operator reaches everything. */
function moveElements(from: Signal, to: Signal, source: Int32Array): void {
  if (!isWhole(to)) throw new Error('elements move one by one only into a whole tensor');
  const size = to.grid.maps * to.grid.height * to.grid.width;
  for (let unit = 0; unit < from.units; unit++) {
    for (let map = 0; map < from.grid.maps; map++) {
      for (let y = 0; y < from.height; y++) {
        for (let x = 0; x < from.width; x++) {
          const value = from.data[((unit * from.grid.maps + map) * from.height + y) * from.width + x]!;
          if (value === 0) continue;
          const element =
            (map * from.grid.height + from.tops[unit]! + y) * from.grid.width + from.lefts[unit]! + x;
          const target = source[element]!;
          if (target >= 0) to.data[unit * size + target]! += value;
        }
      }
    }
  }
}
