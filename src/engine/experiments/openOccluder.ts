import { localOccluder } from '../../core/experiments/occlusion/localOccluder';
import { plainOccluder, type OccludedInput, type Occluder } from '../../core/experiments/occlusion/occlude';
import { windowSpans, type SweepGrid } from '../../core/experiments/occlusion/windows';
import type { Forward } from '../../core/experiments/forward';
import { planLocally, type LocalPlan } from '../../core/locality/stages';
import { floatTensor } from '../../core/tensor/tensor';
import type { OpenModel } from '../openModel';

/** What a sweep runs, and what it measures of the whole picture. */
export interface OpenedOccluder {
  readonly occluder: Occluder;
  readonly clean: ReadonlyMap<string, Float32Array>;
}

/** What a sweep measures on which picture. */
export interface SweptInput {
  readonly tensors: readonly string[];
  readonly input: OccludedInput;
}

/** Opens the parts of a network that a sweep runs, of which all but the last compute only what changes, as planned. */
export async function openOccluder(
  { network, forwards }: Pick<OpenModel, 'network' | 'forwards'>,
  grid: SweepGrid,
  { tensors, input }: SweptInput,
  plan = planLocally(network, tensors, windowSpans(grid)),
): Promise<OpenedOccluder> {
  if (!plan) {
    const forward = await forwards.open({ tensors });
    return { occluder: plainOccluder(forward, input), clean: await forward.run(input.clean.data) };
  }
  const cuts = plan.stages.map(({ to }) => to);
  const clean = await (await forwards.open({ tensors: [...cuts, ...tensors] })).run(input.clean.data);
  const occluder = localOccluder({
    grid,
    plan,
    covered: input.covered,
    clean: [
      input.clean,
      ...cuts.map((name) => floatTensor(network.resolved.shapes.get(name)!, clean.get(name))),
    ],
    forwards: await openStages(forwards, plan, tensors),
  });
  return { occluder, clean };
}

async function openStages(
  { open }: OpenModel['forwards'],
  { stages }: LocalPlan,
  tensors: readonly string[],
): Promise<Forward[]> {
  const opened: Forward[] = [];
  for (const { from, to, crops } of stages) {
    opened.push(await open({ from, tensors: [to], crop: [crops.y.length, crops.x.length] }));
  }
  opened.push(await open({ from: stages.at(-1)!.to, tensors }));
  return opened;
}
