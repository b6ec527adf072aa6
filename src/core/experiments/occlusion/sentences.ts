import type { Box } from '../../graph/box';
import { number, percent } from '../../report/numbers';
import { followedName, labelName, mapName, type SweepPlan } from './plan';
import type { SweepResult } from './result';
import { summarise, type LargestDrop, type SweepSummary } from './summary';
import { windowAt } from './windows';

/** What is said of a sweep: what was decided, and what is measured so far. */
export interface MeasuredSweep {
  readonly plan: SweepPlan;
  readonly result: SweepResult;
}

/** Classes that the sentence names before it says how many more there are. */
const NAMED = 4;

/** What the sweep found so far, a sentence each. */
export function summarySentences({ plan, result }: MeasuredSweep): string[] {
  const summary = summarise(result, plan.clean);
  if (summary.measured === 0) return ['Nothing is measured yet.'];
  const activities = summary.activities.map((drop, column) => {
    const name = mapName(plan.maps[column]!);
    return drop ? dropSentence(name, drop, { plan, say: number }) : `No window lowers ${name}.`;
  });
  return [...probabilitySentences(plan, summary), ...activities];
}

function probabilitySentences(plan: SweepPlan, { probability, decisive, measured, labels }: SweepSummary) {
  const name = followedName(plan);
  if (name === null) return [];
  const before = plan.clean.label[0]!;
  const others = labels.filter(({ label }) => label !== before);
  const named = others
    .slice(0, NAMED)
    .map(({ label, windows }) => `${labelName(plan.labels, label)} (${percent(windows / measured)})`);
  if (others.length > NAMED) named.push(`${others.length - NAMED} more`);
  return [
    probability
      ? dropSentence(name, probability, { plan, say: percent })
      : `No window lowers the probability of ${name}.`,
    `${percent(decisive / measured)} of the windows take more than half of ${name}'s probability away.`,
    others.length === 0
      ? `The most probable class is ${labelName(plan.labels, before)} wherever the square is.`
      : `It turns into ${named.join(', ')}.`,
  ];
}

function dropSentence(
  name: string,
  { clean, hidden, window }: LargestDrop,
  { plan, say }: { readonly plan: SweepPlan; readonly say: (value: number) => string },
): string {
  const where = windowText(windowAt(plan.grid, window));
  return `${name} falls from ${say(clean)} to ${say(hidden)} when ${where} are hidden.`;
}

/** Where a window is, in pixels of the network's input. */
export function windowText({ top, left, height, width }: Box): string {
  return `rows ${top} to ${top + height - 1}, columns ${left} to ${left + width - 1}`;
}
