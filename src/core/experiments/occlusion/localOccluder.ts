import { copyCrops, type Pasting, type Patches } from './copyCrops';
import type { Occluder } from './occlude';
import { windowSpans, type SweepGrid } from './windows';
import type { Box } from '../../graph/box';
import { wholeAxis } from '../../locality/crops';
import type { Changes, LocalPlan, Stage } from '../../locality/stages';
import type { FloatTensor } from '../../tensor/tensor';
import type { Forward } from '../forward';

/** What a sweep needs that computes only what changes. */
export interface LocalSweep {
  readonly grid: SweepGrid;
  readonly plan: LocalPlan;
  /** The picture as the square shows it, `[1, C, H, W]`. */
  readonly covered: FloatTensor;
  /** Of the whole picture: the tensor that each stage begins at, and then the one that the rest begins at. */
  readonly clean: readonly FloatTensor[];
  /** Each stage on crops of the plan's size, and then the rest on whole tensors. */
  readonly forwards: readonly Forward[];
}

/**
 * An occluder that computes what a window changes, stage by stage, and takes the rest from the clean picture. It measures
 * what `plainOccluder` measures up to rounding. Every window hides something.
 */
export function localOccluder({ grid, plan, covered, clean, forwards }: LocalSweep): Occluder {
  const changed: readonly Changes[] = [windowSpans(grid), ...plan.changed];
  const fed = [...plan.stages.map(({ crops }) => crops), wholeCrops(clean.at(-1)!, grid)];
  const buffers: Float32Array[] = [];
  /** What stage `i` is fed. The array is used again, since every run needs one of the same size. */
  const feed = (i: number, cells: Pasting['cells'], patches: Patches): Float32Array => {
    const crops = fed[i]!;
    const size = cells.length * clean[i]!.dims[1]! * crops.y.length * crops.x.length;
    if ((buffers[i]?.length ?? 0) < size) buffers[i] = new Float32Array(size);
    const target = buffers[i]!.subarray(0, size);
    copyCrops({ clean: clean[i]!, crops }, { cells, changed: changed[i]!, patches }, target);
    return target;
  };
  return {
    batch: forwards.at(-1)!.batch,
    async run(windows) {
      const cells = windows.map((window) => cellOf(grid, window));
      let patches = coveredPatches(covered, grid);
      for (const [i, { to, crops }] of plan.stages.entries()) {
        const results = await forwards[i]!.run(feed(i, cells, patches));
        patches = patchesFrom(results.get(to)!, crops);
      }
      return forwards.at(-1)!.run(feed(plan.stages.length, cells, patches));
    },
  };
}

function cellOf({ stride }: SweepGrid, { top, left }: Box): Pasting['cells'][number] {
  return { row: top / stride[0], column: left / stride[1] };
}

function wholeCrops({ dims }: FloatTensor, { rows, columns }: SweepGrid): Stage['crops'] {
  return { y: wholeAxis(dims[2]!, rows), x: wholeAxis(dims[3]!, columns) };
}

function patchesFrom(data: Float32Array, { y, x }: Stage['crops']): Patches {
  const [tops, lefts] = [y.outputStarts, x.outputStarts];
  return { data, height: y.outputLength, width: x.outputLength, tops, lefts, each: 'own' };
}

/** The covered picture as what every window shows. */
function coveredPatches({ data, dims }: FloatTensor, { rows, columns }: SweepGrid): Patches {
  const [, , height, width] = dims as [number, number, number, number];
  return { data, height, width, tops: new Int32Array(rows), lefts: new Int32Array(columns), each: 'same' };
}
