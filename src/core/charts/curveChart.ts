import { dot, line, ruleY, text, type PlotOptions } from '@observablehq/plot';
import { chartFrame, colourOf } from './frame';

/** One line of a chart. */
export interface Curve {
  readonly name: string;
  /** In the order of `x`; points without a `y` are left out. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
}

export interface CurveChart {
  /** What is drawn, for those who cannot see it. */
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
  /** The ends of the x axis: a chart keeps them while its curves grow. */
  readonly range: readonly [from: number, to: number];
}

/** Curves with their names beside them, as options for `plot`: the y axis begins at 0. */
export function curveChart({ title, x, y, curves, range }: CurveChart): PlotOptions {
  return {
    ...chartFrame(title),
    marginRight: 90,
    x: { label: x, domain: [...range], grid: true },
    y: { label: y, zero: true, nice: true, grid: true },
    marks: [
      ruleY([0]),
      ...curves.flatMap(({ name, points }, index) => {
        const known = points.filter(({ y: value }) => value !== null && Number.isFinite(value));
        const stroke = colourOf(index);
        return [
          line(known, { x: 'x', y: 'y', stroke, strokeWidth: 1.75 }),
          dot(known, { x: 'x', y: 'y', fill: stroke, r: 2 }),
          text([name], {
            text: [name],
            frameAnchor: 'top-right',
            textAnchor: 'start',
            dx: 8,
            dy: 14 * index,
            fill: stroke,
          }),
        ];
      }),
    ],
  };
}
