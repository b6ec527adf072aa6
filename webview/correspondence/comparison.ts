import type { Comparison } from '../../src/core/experiments/correspondence/report';
import { summariseDeltas } from '../../src/core/experiments/correspondence/summary';
import { partNames } from '../../src/core/formats/partChanges';
import { DEFAULT_SIZE, type PartsFile } from '../../src/core/formats/parts';
import type {
  CorrespondencePlan,
  CorrespondenceProgress,
  CorrespondenceRequest,
  CorrespondenceStep,
} from '../../src/protocol/correspondence';
import type { PanelSubject } from '../../src/protocol/panelContract';
import { baseName } from '../shared/baseName';
import type { CorrespondenceSettings } from './settings';

/** What was asked for, without the pictures: the plan names those that are compared. */
export type Asked = Pick<CorrespondenceRequest, 'parts' | 'size' | 'draws' | 'seed'>;

/** A comparison that has a plan, with the steps so far. */
export interface Compared {
  readonly asked: Asked;
  readonly plan: CorrespondencePlan;
  readonly steps: readonly CorrespondenceStep[];
}

/** What the engine is asked for: the annotated pictures of the panel. */
export function requestFor(
  { model, images }: PanelSubject,
  file: PartsFile,
  { parts, size, draws, seed }: CorrespondenceSettings,
): CorrespondenceRequest {
  const annotated = new Map(file.images.map((image) => [image.file, image.parts]));
  const all = partNames(file);
  return {
    model,
    images: images.flatMap((image) => {
      const places = annotated.get(baseName(image));
      return places && places.size > 0 ? [{ image, parts: Object.fromEntries(places) }] : [];
    }),
    parts: parts ? all.filter((part) => parts.includes(part)) : all,
    size: size ?? file.size ?? DEFAULT_SIZE,
    draws,
    seed,
  };
}

/** Takes progress over: steps stay where the plan measures the same. */
export function taken(
  before: Compared | null,
  { parts, size, draws, seed }: Asked,
  progress: CorrespondenceProgress,
): Compared | null {
  if (progress.kind === 'step') return before && { ...before, steps: [...before.steps, progress.step] };
  const { plan } = progress;
  const steps = before?.plan.key === plan.key ? before.steps.slice(0, plan.taken) : [];
  return { asked: { parts, size, draws, seed }, plan, steps };
}

/** What came out so far, for tables, charts and reports. */
export function comparisonOf({ asked, plan, steps }: Compared): Comparison {
  return {
    ...asked,
    images: plan.images,
    draws: steps.filter(({ part }) => part === null).length,
    deltas: summariseDeltas(steps, plan.layers),
  };
}

/** A comparison that an earlier view kept; `null` where it is made anew. */
export function restoredComparison(value: unknown, modelHash: string): Compared | null {
  if (typeof value !== 'object' || value === null) return null;
  const { asked, plan, steps } = value as Partial<Compared>;
  if (typeof plan?.key !== 'string' || plan.modelHash !== modelHash) return null;
  if (!asked || !Array.isArray(asked.parts) || !Array.isArray(steps)) return null;
  return { asked, plan, steps: steps as readonly CorrespondenceStep[] };
}
