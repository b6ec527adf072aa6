import type { Box } from '../../src/core/graph/box';
import type { Picture } from '../../src/core/imaging/preprocessing';
import { paint } from '../shared/canvas';
import { element, setAttributes, setText } from '../shared/element';
import { createImageFrame } from '../shared/imageFrame';

export interface MapViewProps {
  readonly caption: string;
  /** `null` leaves what is there. */
  readonly picture: Picture | null;
  readonly square: Box | null;
  /** The numbers at the square, for screen readers. */
  readonly description: string;
}

export interface MapView {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly update: (props: MapViewProps) => void;
}

export interface MapViewActions {
  /** The pointer is at this pixel of the picture. */
  readonly point: (y: number, x: number) => void;
  /** An arrow key was pressed. */
  readonly step: (rows: number, columns: number) => void;
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-5, 0],
  PageDown: [5, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** One of the maps over the picture, with the square where the pointer or the arrow keys put it. */
export function createMapView({ point, step }: MapViewActions, ...below: readonly HTMLElement[]): MapView {
  const canvas = element('canvas', { class: 'heat', tabindex: 0, role: 'application' });
  const frame = createImageFrame(canvas);
  const caption = element('figcaption', {});
  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) =>
    point((offsetY * canvas.height) / canvas.clientHeight, (offsetX * canvas.width) / canvas.clientWidth),
  );
  canvas.addEventListener('keydown', (event) => {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    step(...by);
  });
  return {
    element: element('figure', { class: 'view' }, caption, frame.element, ...below),
    canvas,
    update: ({ caption: text, picture, square, description }) => {
      setText(caption, text);
      if (picture) paint(canvas, picture);
      frame.markBox(square, canvas);
      setAttributes(canvas, { 'aria-label': `${text}. ${description}` });
    },
  };
}
