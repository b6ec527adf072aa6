import type { PlotOptions } from '@observablehq/plot';

/** Readable on light and on dark ground. */
const COLOURS = ['#4269d0', '#e8820e', '#3ca951', '#ff725c', '#a463f2', '#6cc5b0', '#ff8ab7', '#9c6b4e'];

/** The colour of the series with this index; they begin anew after eight. */
export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

/** What all charts have in common; text has the colour of its surroundings. */
export function chartFrame(title: string): PlotOptions {
  return {
    ariaLabel: title,
    width: 460,
    height: 240,
    marginLeft: 48,
    marginBottom: 36,
    style: { background: 'transparent', color: 'currentColor', fontSize: '11px' },
  };
}
