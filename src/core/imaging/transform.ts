import type { Picture } from './preprocessing';

/** What figure 5 of Zeiler & Fergus does to an image. */
export type TransformationKind = 'vertical' | 'horizontal' | 'scale' | 'rotation';

/** One transformation of a picture about its centre. */
export interface Transformation {
  readonly kind: TransformationKind;
  /**
   * Pixels down (`vertical`) or to the right (`horizontal`), the magnification (`scale`, above 0), or degrees
   * counter-clockwise (`rotation`).
   */
  readonly value: number;
}

/** What is outside the picture and comes into view. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Where a pixel of the result comes from: source = matrix · (target − centre) + offset + centre. */
interface Inverse {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
  readonly left: number;
  readonly top: number;
  /** Source pixels per pixel of the result, at least 1: how much the filter is widened against aliasing. */
  readonly widening: number;
}

/** Half the support of the cubic kernel. */
const RADIUS = 2;

/**
 * The picture transformed about its centre, of the same size, opaque. Resampled with the cubic kernel of Pillow and
 * libvips (Keys 1981, a = -0.5), widened where the picture shrinks, so that fine detail does not alias; the result is
 * rounded to 8 bit. What comes into view from outside has the colour `fill`, and the border blends into it. Whole
 * translations and quarter turns of a square picture move pixels without changing them.
 */
export function transformPicture(picture: Picture, transformation: Transformation, fill: Colour): Picture {
  const { height, width } = picture;
  const inverse = inverseOf(transformation);
  const rgba = new Uint8Array(4 * height * width).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      const sourceX = inverse.xx * dx + inverse.xy * dy - inverse.left + width / 2;
      const sourceY = inverse.yx * dx + inverse.yy * dy - inverse.top + height / 2;
      samplePixel(picture, fill, { x: sourceX, y: sourceY, widening: inverse.widening }, rgba, 4 * (y * width + x)); // prettier-ignore
    }
  }
  return { height, width, rgba };
}

function inverseOf({ kind, value }: Transformation): Inverse {
  const identity = { xx: 1, xy: 0, yx: 0, yy: 1, left: 0, top: 0, widening: 1 };
  switch (kind) {
    case 'vertical':
      return { ...identity, top: value };
    case 'horizontal':
      return { ...identity, left: value };
    case 'scale':
      return { ...identity, xx: 1 / value, yy: 1 / value, widening: Math.max(1, 1 / value) };
    case 'rotation': {
      const [cos, sin] = turn(value);
      return { ...identity, xx: cos, xy: -sin, yx: sin, yy: cos };
    }
  }
}

/** Cosine and sine of an angle in degrees, exact for quarter turns. */
function turn(degrees: number): readonly [cos: number, sin: number] {
  const quarter = degrees / 90;
  if (Number.isInteger(quarter)) {
    const step = ((quarter % 4) + 4) % 4;
    return ([[1, 0], [0, 1], [-1, 0], [0, -1]] as const)[step as 0 | 1 | 2 | 3]; // prettier-ignore
  }
  const radians = (degrees / 180) * Math.PI;
  return [Math.cos(radians), Math.sin(radians)];
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly widening: number;
}

/** Writes the filtered colour at a place of the picture, whose pixel (0, 0) has its centre at (0.5, 0.5). */
function samplePixel(
  { height, width, rgba }: Picture,
  fill: Colour,
  { x, y, widening }: Place,
  out: Uint8Array,
  at: number,
): void {
  const reach = RADIUS * widening;
  const firstX = Math.floor(x - reach);
  const lastX = Math.ceil(x + reach);
  let [red, green, blue, total] = [0, 0, 0, 0];
  for (let row = Math.floor(y - reach); row <= Math.ceil(y + reach); row++) {
    const vertical = cubic((row + 0.5 - y) / widening);
    if (vertical === 0) continue;
    for (let column = firstX; column <= lastX; column++) {
      const weight = vertical * cubic((column + 0.5 - x) / widening);
      if (weight === 0) continue;
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      const from = 4 * (row * width + column);
      red += weight * (inside ? rgba[from]! : fill[0]);
      green += weight * (inside ? rgba[from + 1]! : fill[1]);
      blue += weight * (inside ? rgba[from + 2]! : fill[2]);
      total += weight;
    }
  }
  out[at] = toByte(red / total);
  out[at + 1] = toByte(green / total);
  out[at + 2] = toByte(blue / total);
}

/** Keys' cubic convolution kernel with a = -0.5, 0 from a distance of 2 on. */
function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d >= RADIUS) return 0;
  if (d >= 1) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return (1.5 * d - 2.5) * d * d + 1;
}

function toByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
