import { summarise, type SweepSummary } from '../../src/core/experiments/occlusion/summary';
import { windowAt } from '../../src/core/experiments/occlusion/windows';
import { followedName, labelName, mapName } from './names';
import { strings } from './strings';
import type { Sweep } from './sweep';

/** Classes that the sentence names before it says how many more there are. */
const NAMED = 4;

export function summaryOf({ plan, result }: Sweep): SweepSummary {
  return summarise(result, plan.clean);
}

/** What the sweep found so far, a sentence each. */
export function summarySentences(sweep: Sweep): string[] {
  const { plan } = sweep;
  const summary = summaryOf(sweep);
  if (summary.measured === 0) return [strings.summary.empty];
  const where = (window: number) => strings.cell.window(windowAt(plan.grid, window));
  const activities = summary.activities.map((drop, column) => {
    const name = mapName(plan.maps[column]!);
    if (!drop) return strings.summary.noActivityDrop(name);
    return strings.summary.activityDrop(name, drop.clean, drop.hidden, where(drop.window));
  });
  return [...probabilitySentences(sweep, summary, where), ...activities];
}

function probabilitySentences(
  sweep: Sweep,
  { probability, decisive, measured, labels }: SweepSummary,
  where: (window: number) => string,
): string[] {
  const { plan } = sweep;
  const name = followedName(sweep);
  if (name === null) return [];
  const before = plan.clean.label[0]!;
  const others = labels.filter(({ label }) => label !== before);
  const named = others
    .slice(0, NAMED)
    .map(({ label, windows }) => strings.summary.share(labelName(plan.labels, label), windows / measured));
  if (others.length > NAMED) named.push(strings.views.others(others.length - NAMED));
  return [
    probability
      ? strings.summary.drop(name, probability.clean, probability.hidden, where(probability.window))
      : strings.summary.noDrop(name),
    strings.summary.decisive(decisive / measured, name),
    others.length === 0
      ? strings.summary.stays(labelName(plan.labels, before))
      : strings.summary.turns(named.join(', ')),
  ];
}

/** All numbers of one window. */
export function cellSentence({ plan, result }: Sweep, window: number): string {
  const place = strings.cell.window(windowAt(plan.grid, window));
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
