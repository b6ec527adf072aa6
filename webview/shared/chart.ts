import { plot, type PlotOptions } from '@observablehq/plot';
import { element, setAttributes, type Component } from './element';
import { whiteCanvas } from './whiteCanvas';

const SVG = 'http://www.w3.org/2000/svg';
/** Pixels of a saved picture for one of the page. */
const SCALE = 2;

export interface ChartCursor {
  /** The values a cursor can be at, ascending. */
  readonly values: readonly number[];
  readonly at: number | null;
  /** What there is at the cursor, in words. */
  readonly text: string;
}

export interface ChartProps {
  readonly title: string;
  /** The same object as long as nothing changes. */
  readonly options: PlotOptions;
  readonly cursor: ChartCursor;
}

/** A chart with a cursor that the pointer and the arrow keys move; charts that get the same cursor are linked. */
export function createChart(onCursor: (value: number) => void): Component<ChartProps> {
  const place = element('div', { class: 'chart', role: 'slider', tabindex: 0, 'data-testid': 'chart' });
  const line = document.createElementNS(SVG, 'line');
  setAttributes(line, { class: 'chart-cursor', y1: 0, y2: '100%' });
  let props: ChartProps | undefined;
  let drawn: ReturnType<typeof plot> | undefined;
  const nearest = (value: number): number | undefined =>
    props?.cursor.values.reduce((best, other) =>
      Math.abs(other - value) < Math.abs(best - value) ? other : best,
    );
  place.addEventListener('pointermove', (event) => {
    const scale = drawn?.scale('x');
    const svg = place.querySelector('svg');
    if (!scale?.invert || !svg) return;
    const { left, width } = svg.getBoundingClientRect();
    const x = ((event.clientX - left) * svg.viewBox.baseVal.width) / width;
    const value = nearest(Number(scale.invert(x)));
    if (value !== undefined) onCursor(value);
  });
  place.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (step === undefined || !props) return;
    event.preventDefault();
    const { values, at } = props.cursor;
    const index = at === null ? 0 : values.indexOf(at) + step;
    const value = values[Math.max(0, Math.min(values.length - 1, index))];
    if (value !== undefined) onCursor(value);
  });
  return {
    element: place,
    update: (next) => {
      if (props?.options !== next.options) {
        drawn = drawChart(next.options);
        // The slider around it says in words what it shows.
        setAttributes(drawn, { 'aria-hidden': 'true' });
        place.replaceChildren(drawn);
        drawn.append(line);
      }
      props = next;
      const { values, at, text } = next.cursor;
      setAttributes(place, {
        'aria-label': next.title,
        'aria-valuemin': values[0] ?? 0,
        'aria-valuemax': values.at(-1) ?? 0,
        'aria-valuenow': at ?? values[0] ?? 0,
        'aria-valuetext': text,
      });
      const x = at === null ? -10 : (drawn?.scale('x')?.apply(at) as number);
      setAttributes(line, { x1: x, x2: x });
    },
  };
}

/** A chart as an element. Its own style sheet is left out: the page allows only those it came with. */
export function drawChart(options: PlotOptions): ReturnType<typeof plot> {
  const chart = plot(options);
  chart.querySelector('style')?.remove();
  return chart;
}

/** A chart as a picture, black on white whatever the theme. */
export async function chartCanvas(options: PlotOptions): Promise<HTMLCanvasElement> {
  const chart = drawChart(options);
  const { width, height } = { width: Number(chart.getAttribute('width')), height: Number(chart.getAttribute('height')) }; // prettier-ignore
  setAttributes(chart, { xmlns: SVG, color: 'black', 'font-family': 'sans-serif' });
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(chart))}`;
  await image.decode();
  const { canvas, context } = whiteCanvas(SCALE * width, SCALE * height);
  context?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Pictures below each other on white. */
export function stacked(pictures: readonly HTMLCanvasElement[]): HTMLCanvasElement {
  const widest = Math.max(1, ...pictures.map(({ width }) => width));
  const together = pictures.reduce((sum, { height }) => sum + height, 0);
  const { canvas: sheet, context } = whiteCanvas(widest, Math.max(1, together));
  let top = 0;
  for (const picture of pictures) {
    context?.drawImage(picture, 0, top);
    top += picture.height;
  }
  return sheet;
}
