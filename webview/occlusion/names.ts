import type { MapChoice } from '../../src/protocol/occlusion';
import type { Sweep } from './sweep';
import { strings } from './strings';

/** What the followed class is called; `null` where the model is no classifier. */
export function followedName({ plan }: Sweep): string | null {
  return plan.label === null ? null : labelName(plan.labels, plan.label);
}

/** Labels of ImageNet list synonyms; the first one names the class. */
export function labelName(labels: readonly string[], index: number): string {
  const [first] = (labels[index] ?? String(index)).split(',');
  return first ?? String(index);
}

export function mapName({ layer, map }: MapChoice): string {
  return strings.views.map(layer, map);
}
