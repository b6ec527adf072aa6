import type { Box } from '../../src/core/graph/box';
import { element, show } from './element';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** A canvas of the size of the network's input with marks over it that stay crisp at any zoom. */
export interface ImageFrame {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The receptive field; `null` hides the mark. */
  readonly markBox: (box: Box | null, image: Size) => void;
  /** The unit's own cell. */
  readonly markUnit: (box: Box | null, image: Size) => void;
}

/** Inputs up to this size are shown with crisp pixels. */
const SMALL = 64;

export function createImageFrame(canvas: HTMLCanvasElement): ImageFrame {
  const box = element('span', { class: 'mark mark-box', 'aria-hidden': 'true', hidden: true });
  const unit = element('span', { class: 'mark mark-unit', 'aria-hidden': 'true', hidden: true });
  const frame = element('div', { class: 'image-frame' }, canvas, box, unit);
  const mark = (target: HTMLElement) => (at: Box | null, image: Size) => {
    show(target, at !== null);
    canvas.classList.toggle('pixelated', Math.max(image.height, image.width) <= SMALL);
    if (!at) return;
    target.style.left = percent(at.left, image.width);
    target.style.top = percent(at.top, image.height);
    target.style.width = percent(at.width, image.width);
    target.style.height = percent(at.height, image.height);
  };
  return { element: frame, canvas, markBox: mark(box), markUnit: mark(unit) };
}

function percent(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}
