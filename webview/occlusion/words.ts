import { labelName, mapName } from '../../src/core/experiments/occlusion/plan';
import { windowText } from '../../src/core/experiments/occlusion/sentences';
import { windowAt } from '../../src/core/experiments/occlusion/windows';
import { strings } from './strings';
import type { Sweep } from './sweep';

/** All numbers of one window. */
export function cellSentence({ plan, result }: Sweep, window: number): string {
  const place = windowText(windowAt(plan.grid, window));
  if (!result.done[window]) return `${place}: ${strings.cell.pending}`;
  const numbers: string[] = [];
  if (plan.label !== null) {
    const { cell } = strings;
    const followed = labelName(plan.labels, plan.label);
    numbers.push(
      cell.probability(followed, result.probability[window]!, plan.clean.probability[0]!),
      cell.label(labelName(plan.labels, result.label[window]!), result.labelProbability[window]!),
    );
  }
  plan.maps.forEach((choice, column) => {
    const value = result.activity[window * result.maps + column]!;
    numbers.push(strings.cell.activity(mapName(choice), value, plan.clean.activity[column]!));
  });
  return `${place}: ${numbers.join(' · ')}`;
}
