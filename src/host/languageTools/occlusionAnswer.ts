import { windowAt } from '../../core/experiments/occlusion/windows';
import { heatMap } from '../../core/imaging/display';
import { valueOf } from '../../protocol/failure';
import type { Subject } from '../../protocol/model';
import type { OcclusionPlan } from '../../protocol/occlusion';
import type { ToolAnswer, ToolContext } from './toolAnswers';

export interface OcclusionInput extends Subject {
  /** Side of the square in pixels of the network's input. */
  readonly size: number;
}

/** How many places are named. */
const MOST = 5;

/** Hides one square after another, each half a square further, and says which cost the class most. */
export async function occlusionAnswer(
  { model, image, size }: OcclusionInput,
  { peer, signal }: ToolContext,
): Promise<ToolAnswer> {
  const stride = Math.max(1, Math.ceil(size / 2));
  const settings = { size: [size, size], stride: [stride, stride], fill: [128, 128, 128] } as const;
  let plan: OcclusionPlan | undefined;
  const probability = new Map<number, number>();
  const label = new Map<number, number>();
  const outcome = await peer.call(
    'occlude',
    { model, image, ...settings },
    {
      signal,
      onProgress: (progress) => {
        if (progress.kind === 'plan') plan = progress.plan;
        else {
          progress.cells.windows.forEach((window, i) => {
            probability.set(window, progress.cells.probability[i] ?? NaN);
            label.set(window, progress.cells.label[i] ?? -1);
          });
        }
      },
    },
  );
  valueOf(outcome);
  if (!plan) throw new Error('A sweep ended without its plan.');
  return answerOf(plan, probability, label);
}

function answerOf(
  { grid, labels, label: followed, clean, notes }: OcclusionPlan,
  probability: ReadonlyMap<number, number>,
  label: ReadonlyMap<number, number>,
): ToolAnswer {
  if (followed === null)
    return { facts: { message: 'The model gives no class probabilities.' }, pictures: [] };
  const windows = [...probability.keys()].sort((a, b) => probability.get(a)! - probability.get(b)!);
  const facts = {
    class: labels[followed],
    probability: clean.probability[0],
    windows: windows.length,
    windowsThatChangeTheAnswer: windows.filter((window) => label.get(window) !== clean.label[0]).length,
    costliest: windows.slice(0, MOST).map((window) => ({
      hidden: windowAt(grid, window),
      probability: probability.get(window),
      answer: labels[label.get(window)!],
    })),
    inputSize: [grid.height, grid.width],
    notes,
    pictures: ['probability of the class with each place hidden, from blue (low) to yellow (high)'],
  };
  const { rows, columns } = grid;
  const values = Float32Array.from({ length: rows * columns }, (_, window) => probability.get(window) ?? NaN);
  const low = probability.get(windows[0]!) ?? 0;
  const high = probability.get(windows.at(-1)!) ?? 1;
  return { facts, pictures: [heatMap(values, { height: rows, width: columns }, { low, high })] };
}
