import type { ImageCurve } from '../../src/core/experiments/invarianceResult';
import type { InvariancePlan, InvariancePoint, InvarianceRequest } from '../../src/protocol/invariance';
import type { PanelSubject } from '../../src/protocol/panelContract';
import { baseName } from '../shared/baseName';
import { settingValues, type InvarianceSettings } from './settings';

/** Figure 5 compares five images. */
const mostImages = 5;

/** Grey, as the paper's occluder. */
export const FILL = [128, 128, 128] as const;

/** What is measured of one image. */
export interface Measurement {
  readonly plan: InvariancePlan;
  readonly points: readonly InvariancePoint[];
}

/** By what was asked for: the same image under another transformation is another measurement. */
export type Measurements = ReadonlyMap<string, Measurement>;

/** The images of a panel that are compared: the shown one and those after it. */
export function comparedImages({ images, image }: PanelSubject): readonly string[] {
  const start = Math.max(0, Math.min(images.indexOf(image), images.length - mostImages));
  return images.slice(start, start + mostImages);
}

export function requestFor(model: string, image: string, settings: InvarianceSettings): InvarianceRequest {
  const { kind, layers, labels } = settings;
  const label = labels[image];
  return {
    model,
    image,
    kind,
    values: settingValues(settings),
    fill: FILL,
    ...(layers && { layers }),
    ...(label !== undefined && { label }),
  };
}

export function measurementKey(request: InvarianceRequest): string {
  return JSON.stringify(request);
}

/** The curves of all compared images as far as they are measured. */
export function curvesOf(
  subject: PanelSubject,
  settings: InvarianceSettings,
  measurements: Measurements,
): (ImageCurve & { readonly path: string; readonly plan: InvariancePlan })[] {
  return comparedImages(subject).flatMap((path) => {
    const found = measurements.get(measurementKey(requestFor(subject.model, path, settings)));
    if (!found) return [];
    const { plan, points } = found;
    const labelName = plan.label === null ? null : (plan.labels[plan.label] ?? null);
    return [{ path, plan, image: baseName(path), kind: settings.kind, layers: plan.layers, labelName, points }]; // prettier-ignore
  });
}

/** Measurements as plain data, `restoredMeasurements` reads them: VS Code passes no maps on. */
export function keptMeasurements(measurements: Measurements): readonly (readonly [string, Measurement])[] {
  return [...measurements];
}

/** Measurements that an earlier view kept; those that are not of the right form are measured again. */
export function restoredMeasurements(value: unknown, modelHash: string): Map<string, Measurement> {
  if (!Array.isArray(value)) return new Map();
  const isUsable = (entry: unknown): entry is [string, Measurement] => {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
    const { plan, points } = (entry[1] ?? {}) as Partial<Measurement>;
    return plan?.modelHash === modelHash && Array.isArray(points);
  };
  return new Map((value as unknown[]).filter(isUsable));
}
