import { displayBox, projectionPicture } from '../../src/core/imaging/display';
import { toCanvas } from '../shared/canvas';
import type { MapData } from './mapData';

const COLUMNS = 3;
const BETWEEN = 1;
const APART = 4;

/** A map as in figure 2 of the paper, pixel for pixel: projections left, patches right; `null` before they are there. */
export function mapFigure({ found, pictures }: MapData): HTMLCanvasElement | null {
  const arrived = pictures.flatMap((picture) => (picture?.kind === 'ok' ? picture.projected : []));
  const [first] = arrived;
  if (!first || pictures.filter((picture) => picture !== undefined).length < found.places.length) return null;
  const { height, width } = displayBox(first.unit.receptiveField, first.input);
  const canvas = document.createElement('canvas');
  const rows = Math.ceil(found.places.length / COLUMNS);
  const side = COLUMNS * (width + BETWEEN);
  canvas.width = 2 * side + APART;
  canvas.height = rows * (height + BETWEEN);
  const context = canvas.getContext('2d');
  for (const { place, unit, patch, input } of arrived) {
    const left = (place % COLUMNS) * (width + BETWEEN);
    const top = Math.floor(place / COLUMNS) * (height + BETWEEN);
    const projection = projectionPicture(unit, input, unit.tile?.quantile ?? 0);
    if (projection) context?.drawImage(toCanvas(projection), left, top);
    context?.drawImage(toCanvas(patch), side + APART + left, top);
  }
  return canvas;
}
