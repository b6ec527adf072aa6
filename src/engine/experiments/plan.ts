import { unknownLabel } from '../../core/errors';
import type { KnownSteps, ResumablePlan } from '../../protocol/resume';
import { fileStamp } from '../modelFiles';
import type { OpenModel } from '../openModel';
import type { Recorded } from '../recorded';

/** What makes two runs of an experiment the same. */
export interface Measured {
  readonly images: readonly string[];
  /** Everything that was chosen, as plain data. */
  readonly settings: unknown;
  /** How many steps there are. */
  readonly steps: number;
  readonly known: KnownSteps | undefined;
  /** Beside those about the model. */
  readonly notes?: readonly string[];
}

/** The common part of every plan. A model, sidecar or picture that changed gives another key. */
export async function resumablePlan(
  model: OpenModel,
  { images, settings, steps, known, notes = [] }: Measured,
): Promise<ResumablePlan> {
  const modelHash = model.summary.hash;
  const files: string[] = [];
  for (const image of images) files.push(image, await fileStamp(image));
  const key = JSON.stringify([modelHash, model.stamp, files, settings]);
  const taken = known?.key === key ? Math.min(known.count, steps) : 0;
  return { key, steps, taken, modelHash, notes: [...runNotes(model), ...notes] };
}

/** What is to be known about an experiment with a model, one sentence each. */
export function runNotes({ forwards }: Pick<OpenModel, 'forwards'>): string[] {
  const single = forwards.single();
  return single === null ? [] : [`The model runs one picture at a time: ${single}`];
}

/** Names of all classes in order, `class 3` where the sidecar gives none. Empty where the model is no classifier. */
export function classNames({ labels, network }: Pick<OpenModel, 'labels' | 'network'>): string[] {
  const count = network.classifier?.classes ?? 0;
  return Array.from({ length: count }, (_, index) => labels?.[index] ?? `class ${index}`);
}

/** The class whose probability is followed: the most probable one where none is named; `null` without a classifier. */
export function followedLabel({ model, top }: Recorded, named: number | undefined): number | null {
  const { classifier } = model.network;
  if (!classifier) return null;
  const label = named ?? top[0]?.index ?? 0;
  if (label >= classifier.classes) throw unknownLabel(label, classifier.classes);
  return label;
}
