import { passage } from './pointwise';
import type { Rule } from '../rule';
import type { Signal } from '../signal';
import { resamplingOf, unknownResampling, type Tap } from '../../ops/resize';

/** The adjoint of enlarging or shrinking: every value goes back to the positions it was made of, by their shares. */
export const spreadResampled: Rule = {
  refuses: unknownResampling,
  down(step) {
    const { from, to } = passage(step);
    const { y: rows, x: columns } = resamplingOf(step.site);
    let source = 0;
    for (let unit = 0; unit < from.units; unit++) {
      for (let map = 0; map < from.grid.maps; map++) {
        for (let y = 0; y < from.height; y++) {
          const row = rows[from.tops[unit]! + y]!;
          for (let x = 0; x < from.width; x++, source++) {
            const value = from.data[source]!;
            if (value !== 0) addTaps(to, unit, map, row, columns[from.lefts[unit]! + x]!, value);
          }
        }
      }
    }
  },
};

function addTaps(
  to: Signal,
  unit: number,
  map: number,
  rows: readonly Tap[],
  columns: readonly Tap[],
  value: number,
): void {
  const plane = (unit * to.grid.maps + map) * to.height;
  for (const { position: y, weight: share } of rows) {
    const row = (plane + y - to.tops[unit]!) * to.width - to.lefts[unit]!;
    for (const { position: x, weight } of columns) to.data[row + x]! += value * share * weight;
  }
}
