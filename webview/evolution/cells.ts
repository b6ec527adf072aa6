import { displayBox, projectionPicture } from '../../src/core/imaging/display';
import type { Picture } from '../../src/core/imaging/preprocessing';
import type { EvolutionCell, EvolutionPlan } from '../../src/protocol/evolution';
import type { Contrast } from './settings';

/** One map over all checkpoints. */
export type CellRow = readonly (EvolutionCell | undefined)[];

/** The cells of a map in the order of the checkpoints, as far as they are there. */
export function rowOf(
  cells: readonly EvolutionCell[],
  plan: EvolutionPlan,
  layer: string,
  map: number,
): CellRow {
  const own = cells.filter((cell) => cell.layer === layer && cell.map === map);
  return plan.checkpoints.map((_, checkpoint) => own.find((cell) => cell.checkpoint === checkpoint));
}

/** Whether another picture is the strongest than at the checkpoint before; not so next to one where none is. */
export function hasChanged(row: CellRow, checkpoint: number): boolean {
  const [before, now] = [row[checkpoint - 1]?.image, row[checkpoint]?.image];
  return typeof before === 'string' && typeof now === 'string' && before !== now;
}

/** The projection of a cell on its display box; `null` where there is none. */
export function cellPicture(
  row: CellRow,
  checkpoint: number,
  { input }: EvolutionPlan,
  contrast: Contrast,
): Picture | null {
  const unit = row[checkpoint]?.unit;
  if (!unit?.tile) return null;
  const strongest = Math.max(...row.map((cell) => cell?.unit?.tile?.quantile ?? 0));
  return projectionPicture(unit, input, contrast === 'tile' ? unit.tile.quantile : strongest);
}

/** The size that all pictures of a row have; `null` where there is no picture. */
export function rowBox(row: CellRow, { input }: EvolutionPlan) {
  const [field] = row.flatMap((cell) => cell?.unit?.receptiveField ?? []);
  return field ? displayBox(field, input) : null;
}
