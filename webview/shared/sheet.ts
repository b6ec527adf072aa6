import { whiteCanvas } from './whiteCanvas';

/** A picture and what it is called. */
export interface Captioned {
  readonly caption: string;
  readonly canvas: HTMLCanvasElement;
}

const CAPTION = 18;
const GAP = 12;
/** The smallest width at which a caption can be read. */
const LEAST = 224;

/** Pictures beside each other with their captions, dark on white whatever the theme: for papers and slides. */
export function sheetOf(pictures: readonly Captioned[]): HTMLCanvasElement {
  const widest = Math.max(1, ...pictures.map(({ canvas }) => canvas.width));
  const factor = Math.max(1, Math.ceil(LEAST / widest));
  const width = widest * factor;
  const height = Math.max(1, ...pictures.map(({ canvas }) => canvas.height)) * factor;
  const { canvas: sheet, context } = whiteCanvas(
    GAP + pictures.length * (width + GAP),
    height + CAPTION + 2 * GAP,
  );
  if (!context) return sheet;
  context.imageSmoothingEnabled = false;
  context.font = '12px sans-serif';
  pictures.forEach(({ caption, canvas }, index) => {
    const left = GAP + index * (width + GAP);
    context.drawImage(canvas, left, GAP, canvas.width * factor, canvas.height * factor);
    context.fillText(caption, left, height + GAP + CAPTION - 4, width);
  });
  return sheet;
}
