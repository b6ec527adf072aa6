import type { ValueRange } from '../../src/core/experiments/occlusion/pictures';
import { HEAT_COLOURS } from '../../src/core/imaging/display';
import { paint } from '../shared/canvas';
import { element, setText, type Component } from '../shared/element';

export interface ScaleBarProps {
  readonly range: ValueRange;
  readonly text: (value: number) => string;
}

/** What the colours of a heat map stand for. */
export function createScaleBar(): Component<ScaleBarProps> {
  const canvas = element('canvas', { class: 'scale-colours', 'aria-hidden': 'true' });
  const low = element('span', {});
  const high = element('span', {});
  const width = HEAT_COLOURS.length / 3;
  const rgba = new Uint8Array(4 * width).fill(255);
  for (let i = 0; i < width; i++) rgba.set(HEAT_COLOURS.subarray(3 * i, 3 * i + 3), 4 * i);
  paint(canvas, { height: 1, width, rgba });
  return {
    element: element('div', { class: 'scale-bar' }, low, canvas, high),
    update: ({ range, text }) => {
      setText(low, text(range.low));
      setText(high, text(range.high));
    },
  };
}
