import { cell, text, type PlotOptions } from '@observablehq/plot';
import { chartFrame, colourOf } from './frame';

export interface ConfusionChart {
  /** What is drawn, for those who cannot see it. */
  readonly title: string;
  readonly classes: readonly string[];
  /** `classes x classes`, rows are the truth. */
  readonly confusion: Int32Array;
}

const CELL = 9;
const LABELS = 130;
/** Opacity of the smallest part, which still has to be seen. */
const FAINTEST = 0.15;
/** Opacity from which white is read best on every ground. */
const DARK = 0.75;
/** Cells are wide enough for a number up to this many classes. */
const MOST_NUMBERED = 12;

/**
 * Which classes are taken for which, as options for `plot`: truth down, answers across, the denser the larger the part of the
 * class, on light and on dark ground; nothing where a class is never taken for another. Few classes have their counts in the cells,
 * all have them as tooltips.
 */
export function confusionChart({ title, classes, confusion }: ConfusionChart): PlotOptions {
  const count = classes.length;
  const edge = count * Math.max(CELL, 240 / count);
  const cells = Array.from(confusion, (times, at) => {
    const row = Math.floor(at / count);
    const samples = confusion.subarray(row * count, (row + 1) * count).reduce((sum, value) => sum + value, 0);
    const [truth, taken] = [classes[row]!, classes[at % count]!];
    const told = `${truth} taken for ${taken}: ${times} of ${samples}`;
    const density = FAINTEST + ((1 - FAINTEST) * times) / samples;
    return { truth, taken, times, told, density, ink: density > DARK ? 'white' : 'currentColor' };
  }).filter(({ times }) => times > 0);
  const place = { x: 'taken', y: 'truth' } as const;
  return {
    ...chartFrame(title),
    width: LABELS + edge,
    height: LABELS + edge,
    marginLeft: LABELS,
    marginBottom: LABELS,
    x: { domain: [...classes], label: 'taken for', tickRotate: -90 },
    y: { domain: [...classes], label: 'truth' },
    marks: [
      cell(cells, {
        ...place,
        fill: colourOf(0),
        fillOpacity: { value: 'density', scale: null },
        title: 'told',
      }),
      ...(count > MOST_NUMBERED
        ? []
        : [
            text(cells, {
              ...place,
              text: 'times',
              fill: { value: 'ink', scale: null },
              pointerEvents: 'none',
            }),
          ]),
    ],
  };
}
