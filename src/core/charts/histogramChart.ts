import { rectY, ruleY, type PlotOptions } from '@observablehq/plot';
import { chartFrame, colourOf } from './frame';

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface HistogramChart {
  /** What is drawn, for those who cannot see it. */
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Positive, ascending, without gaps, each as many times as wide as the one before. */
  readonly bins: readonly HistogramBin[];
}

/** Counts over a logarithmic axis, as options for `plot`. */
export function histogramChart({ title, x, y, bins }: HistogramChart): PlotOptions {
  return {
    ...chartFrame(title),
    x: { type: 'log', label: x, domain: [bins[0]?.from ?? 1, bins.at(-1)?.to ?? 2], tickFormat: '.2~g' },
    y: { label: y, zero: true, nice: true, grid: true },
    marks: [
      rectY([...bins], { x1: 'from', x2: 'to', y: 'count', fill: colourOf(0), inset: 0.5 }),
      ruleY([0]),
    ],
  };
}
