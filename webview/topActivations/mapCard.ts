import { displayBox, projectionPicture } from '../../src/core/imaging/display';
import type { FoundUnit } from '../../src/protocol/dataSetContract';
import type { TopPlace } from '../../src/protocol/topActivations';
import { paint } from '../shared/canvas';
import { element, setAttributes, setText } from '../shared/element';
import { fit } from '../shared/fit';
import { moveByKeys } from '../shared/moveByKeys';
import { number } from '../../src/core/report/numbers';
import type { Card, CardSize } from './cardGrid';
import type { MapData, PlacePictures } from './mapData';
import { strings } from './strings';

export interface MapCardOptions {
  readonly layer: string;
  readonly map: number;
  /** How many places there are. */
  readonly places: number;
  readonly frame: number;
  readonly data: () => MapData | undefined;
  readonly openMap: (map: number) => void;
  readonly openUnit: (unit: FoundUnit) => void;
}

const BETWEEN = 2;
const CAPTION = 26;
const PADDING = 6;
const COLUMNS = 3;

/** The room that a card with so many places takes. */
export function cardSize(places: number, frame: number): CardSize {
  const side = COLUMNS * (frame + BETWEEN);
  const rows = Math.ceil(places / COLUMNS);
  return { width: 2 * side + 8 + 2 * PADDING, height: rows * (frame + BETWEEN) + CAPTION + 2 * PADDING };
}

/** A map as in figure 2 of the paper: projections of its strongest activations left, the patches they are in right. */
export function createMapCard(options: MapCardOptions): Card {
  const { layer, map, places, openMap } = options;
  const title = element('button', { type: 'button', class: 'plain-button', 'data-testid': 'open-map' }, strings.map(map)); // prettier-ignore
  title.addEventListener('click', () => openMap(map));
  const range = element('span', { class: 'muted' });
  const shown = Array.from({ length: places }, () => createPlace(options));
  const left = element('div', {
    class: 'nine',
    role: 'group',
    'aria-label': strings.projections(layer, map),
  });
  left.append(...shown.map(({ button }) => button));
  const right = element('div', { class: 'nine', 'aria-hidden': 'true' }, ...shown.map(({ patch }) => patch));
  moveByKeys(
    left,
    shown.map(({ button }) => button),
    COLUMNS,
  );
  return {
    element: element(
      'li',
      { class: 'map-card', 'data-map': map, 'data-testid': 'map-card' },
      element('div', { class: 'map-title' }, title, range),
      element('div', { class: 'nines' }, left, right),
    ),
    update: () => {
      const data = options.data();
      setText(range, data ? rangeText(data.found.places) : '');
      shown.forEach((place, index) => place.update(data?.found.places[index], data?.pictures[index]));
    },
  };
}

function rangeText(places: readonly TopPlace[]): string {
  const [first] = places;
  const last = places.at(-1);
  if (!first || !last) return strings.inactive;
  return places.length === 1 ? number(first.value) : `${number(first.value)} – ${number(last.value)}`;
}

interface Place {
  readonly button: HTMLButtonElement;
  readonly patch: HTMLElement;
  readonly update: (place: TopPlace | undefined, pictures: PlacePictures | undefined) => void;
}

function createPlace({ layer, map, frame, openUnit }: MapCardOptions): Place {
  const [projection, original] = [element('canvas', { 'data-testid': 'projection' }), element('canvas', { 'data-testid': 'patch' })]; // prettier-ignore
  const button = element('button', { type: 'button', class: 'place', 'data-testid': 'place' }, projection); // prettier-ignore
  const patch = element('span', { class: 'place' }, original);
  for (const part of [button, patch]) {
    part.style.width = `${frame}px`;
    part.style.height = `${frame}px`;
  }
  let place: TopPlace | undefined;
  let drawn: PlacePictures | undefined;
  const open = () => {
    if (place) openUnit({ layer, map, image: place.image, position: place.position });
  };
  button.addEventListener('click', open);
  patch.addEventListener('click', open);
  return {
    button,
    patch,
    update: (found, pictures) => {
      place = found;
      button.disabled = found === undefined;
      const text = found
        ? strings.place(found, pictures?.kind === 'failed' ? pictures.problem : '')
        : strings.empty;
      setAttributes(button, { 'aria-label': text, title: found ? text : null });
      const status = pictures?.kind ?? (found ? 'pending' : 'empty');
      for (const part of [button, patch]) setAttributes(part, { 'data-status': status });
      setAttributes(patch, { title: found ? text : null });
      if (pictures === drawn) return;
      drawn = pictures;
      if (pictures?.kind === 'ok') draw(pictures, [projection, original], frame);
    },
  };
}

function draw(
  { projected: { unit, patch, input } }: Extract<PlacePictures, { kind: 'ok' }>,
  [left, right]: readonly [HTMLCanvasElement, HTMLCanvasElement],
  frame: number,
): void {
  const picture = projectionPicture(unit, input, unit.tile?.quantile ?? 0);
  if (picture) paint(left, picture);
  paint(right, patch);
  const { height, width, pixelated } = fit(displayBox(unit.receptiveField, input), frame);
  for (const canvas of [left, right]) {
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.classList.toggle('pixelated', pixelated);
  }
}
