import { barY, ruleX, ruleY, text, type PlotOptions } from '@observablehq/plot';
import { chartFrame, colourOf } from './frame';

/** One bar: a mean and how far the values around it spread. */
export interface Bar {
  readonly group: string;
  readonly name: string;
  readonly mean: number;
  /** `null` where it is a single value. */
  readonly deviation: number | null;
}

type SpreadBar = Bar & { readonly deviation: number };

export interface BarChart {
  /** What is drawn, for those who cannot see it. */
  readonly title: string;
  readonly y: string;
  /** Groups come in the order of their first bar, and so do the names within each. */
  readonly bars: readonly Bar[];
}

const BAR_WIDTH = 9;

/** How far down the name of a group reaches that is turned by 60 degrees. */
const LETTER_HEIGHT = 5.5;

/** Groups of bars with their standard deviations, and the names in their colours above them, as options for `plot`. */
export function barChart({ title, y, bars }: BarChart): PlotOptions {
  const names = [...new Set(bars.map(({ name }) => name))];
  const groups = [...new Set(bars.map(({ group }) => group))];
  const labelHeight = 20 + LETTER_HEIGHT * Math.max(...groups.map(({ length }) => length), 0);
  const spread = bars.filter((bar): bar is SpreadBar => bar.deviation !== null);
  const fill = ({ name }: Bar) => colourOf(names.indexOf(name));
  return {
    ...chartFrame(title),
    width: 70 + groups.length * (names.length + 1) * BAR_WIDTH,
    height: 260 + labelHeight,
    marginTop: 28,
    marginBottom: labelHeight,
    fx: { domain: groups, label: null, axis: 'bottom', tickRotate: -60, padding: 0.15 },
    x: { domain: names, axis: null },
    y: { label: y, zero: true, grid: true },
    marks: [
      barY([...bars], { fx: 'group', x: 'name', y: 'mean', fill }),
      ruleX(spread, { fx: 'group', x: 'name', y1: ({ mean, deviation }: SpreadBar) => Math.max(0, mean - deviation), y2: ({ mean, deviation }: SpreadBar) => mean + deviation }), // prettier-ignore
      ruleY([0]),
      ...names.map((name, index) =>
        text([name], {
          text: [name],
          frameAnchor: 'top-left',
          facet: 'super',
          dx: 8 + names.slice(0, index).reduce((sum, { length }) => sum + 16 + 6.5 * length, 0),
          dy: -20,
          fill: colourOf(index),
          fontWeight: 'bold',
        }),
      ),
    ],
  };
}
