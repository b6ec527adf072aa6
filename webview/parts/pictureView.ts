import { isInside, squareAround, toCrop } from '../../src/core/imaging/cropView';
import { paint } from '../shared/canvas';
import { element, setAttributes, show, type Component } from '../shared/element';
import { createImageFrame } from '../shared/imageFrame';
import { baseName } from '../shared/baseName';
import { placesIn, sizeOf } from './annotation';
import type { AnnotationSession } from './session';
import type { AnnotationState } from './state';
import { strings } from './strings';

type Place = readonly [x: number, y: number];

const STEPS: Readonly<Record<string, Place>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};
const LARGE_STEP = 10;

/** The picture as the network sees it, with a square over each part and one that the pointer or the keys move. */
export function createPictureView(
  session: AnnotationSession,
  names: () => readonly string[],
): Component<AnnotationState> {
  const canvas = element('canvas', { class: 'heat', tabindex: 0, role: 'application', 'data-testid': 'picture' }); // prettier-ignore
  const frame = createImageFrame(canvas);
  const marks = element('div', { class: 'part-marks', 'aria-hidden': 'true' });
  frame.element.append(marks);
  /** Where the square is, in pixels of the canvas. */
  let cursor: Place = [0, 0];
  let drawn: AnnotationState | undefined;
  const move = ([x, y]: Place) => {
    const inside = (value: number, length: number) => Math.max(0.5, Math.min(length - 0.5, value));
    cursor = [inside(x, canvas.width), inside(y, canvas.height)];
    if (drawn) drawCursor(drawn);
  };
  const placeOf = ({ offsetX, offsetY }: MouseEvent): Place => [
    (offsetX * canvas.width) / canvas.clientWidth,
    (offsetY * canvas.height) / canvas.clientHeight,
  ];
  const drawCursor = ({ subject, parts, selected }: AnnotationState) => {
    frame.markBox(squareAround(cursor, sizeOf(parts)), canvas);
    const [x, y] = cursor.map(Math.floor) as unknown as Place;
    const label = strings.picture(baseName(subject?.image ?? ''), selected, x, y);
    setAttributes(canvas, { 'aria-label': label });
  };
  canvas.addEventListener('pointermove', (event) => move(placeOf(event)));
  canvas.addEventListener('click', (event) => {
    move(placeOf(event));
    session.place(cursor);
  });
  canvas.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    const by = event.shiftKey ? LARGE_STEP : 1;
    if (step) move([cursor[0] + by * step[0], cursor[1] + by * step[1]]);
    else if (!act(event, { session, names, cursor })) return;
    event.preventDefault();
  });
  return {
    element: element('div', { class: 'part-picture' }, frame.element),
    update: (state) => {
      const { viewed, phase } = state;
      if (viewed && viewed !== drawn?.viewed) {
        paint(canvas, viewed.picture);
        cursor = [canvas.width / 2, canvas.height / 2];
      }
      // While the next picture loads the one before stays: hidden, it would lose the focus, and with it the keys.
      show(frame.element, viewed !== null || (phase === 'loading' && drawn !== undefined));
      setAttributes(canvas, { 'aria-busy': String(phase === 'loading') });
      marks.replaceChildren(...(viewed ? marksOf(state, canvas) : []));
      if (!viewed) return;
      drawn = state;
      drawCursor(state);
    },
  };
}

interface Keyboard {
  readonly session: AnnotationSession;
  readonly names: () => readonly string[];
  readonly cursor: Place;
}

/** Does what a key stands for; false where it stands for nothing here. */
function act(event: KeyboardEvent, { session, names, cursor }: Keyboard): boolean {
  const { key } = event;
  if (key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) session.undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return false;
  else if (key === 'Enter' || key === ' ') session.place(cursor);
  else if (key === 'Delete' || key === 'Backspace') session.clear();
  else if (key === 'PageUp') session.step(-1);
  else if (key === 'PageDown') session.step(1);
  else {
    const part = /^[1-9]$/.test(key) ? names()[Number(key) - 1] : undefined;
    if (part === undefined) return false;
    session.select(part);
  }
  return true;
}

/** A square with its name for each part of the picture. */
function marksOf(
  { subject, parts, viewed, selected }: AnnotationState,
  { width, height }: HTMLCanvasElement,
): HTMLElement[] {
  const size = sizeOf(parts);
  return [...placesIn(parts, subject!.image)].map(([part, place]) => {
    const box = squareAround(toCrop(viewed!.view, place), size);
    const name = element('span', { class: 'part-name' }, part);
    const mark = element('span', { class: 'mark part-mark', 'data-part': part, 'data-selected': part === selected, 'data-inside': isInside(box, { width, height }) }, name); // prettier-ignore
    mark.style.left = `${(100 * box.left) / width}%`;
    mark.style.top = `${(100 * box.top) / height}%`;
    mark.style.width = `${(100 * box.width) / width}%`;
    mark.style.height = `${(100 * box.height) / height}%`;
    return mark;
  });
}
