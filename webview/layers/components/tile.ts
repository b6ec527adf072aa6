import { displayBox, projectionPicture } from '../../../src/core/imaging/display';
import type { Picture } from '../../../src/core/imaging/preprocessing';
import type { ProjectedUnit } from '../../../src/protocol/model';
import { element, setAttributes, setText, type Component } from '../../shared/element';
import type { PaintQueue } from '../paintQueue';
import { paint } from '../../shared/canvas';
import { fit } from '../../shared/fit';
import { patchPicture } from '../../shared/unitPictures';
import { number } from '../../../src/core/report/numbers';
import { strings } from '../strings';

export type TileStatus = 'pending' | 'ok' | 'inactive' | 'failed';

export interface TileProps {
  readonly layer: string;
  readonly map: number;
  /** Of the class the unit stands for; mostly empty. */
  readonly name: string;
  readonly activation: number;
  readonly position: readonly [y: number, x: number];
  readonly status: TileStatus;
  readonly unit: ProjectedUnit | undefined;
  /** What full contrast stands for. */
  readonly scale: number;
  readonly input: Picture;
  /** Edge of one picture's frame on screen. */
  readonly frame: number;
  readonly selected: boolean;
}

export interface Tile extends Component<TileProps> {
  readonly button: HTMLButtonElement;
  /** Gives up drawing that was asked for. */
  readonly dispose: () => void;
}

/** A unit's pair of pictures, projection and image patch, with its number and activation. */
export function createTile(paints: PaintQueue): Tile {
  const projection = element('canvas', { 'data-testid': 'projection-canvas', 'aria-hidden': 'true' });
  const patch = element('canvas', { 'data-testid': 'patch-canvas', 'aria-hidden': 'true' });
  const word = element('span', { class: 'tile-word' });
  const pair = element(
    'span',
    { class: 'pair' },
    element('span', { class: 'frame' }, projection),
    element('span', { class: 'frame' }, patch),
    word,
  );
  const caption = element('span', { class: 'caption' });
  const button = element(
    'button',
    { type: 'button', class: 'tile', 'data-testid': 'tile', tabindex: -1 },
    pair,
    caption,
  );
  const item = element('li', { class: 'tile-item' }, button);
  let before: TileProps | undefined;

  const draw = (props: TileProps) => {
    const { unit, scale, input, frame } = props;
    const picture = unit && projectionPicture(unit, input, scale);
    if (!unit || !picture) return;
    paint(projection, picture);
    paint(patch, patchPicture(unit.receptiveField, input));
    const { height, width, pixelated } = fit(displayBox(unit.receptiveField, input), frame);
    for (const canvas of [projection, patch]) {
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.classList.toggle('pixelated', pixelated);
    }
    pair.classList.add('drawn');
  };

  return {
    element: item,
    button,
    update: (props) => {
      const { layer, map, status } = props;
      setAttributes(button, {
        'data-layer': layer,
        'data-map': map,
        'data-status': status,
        'aria-current': props.selected ? 'true' : null,
      });
      setText(word, wordOf(props));
      captionTile(caption, props);
      if (!before || pictureChanged(before, props)) {
        if (props.unit?.tile) paints.add(button, () => draw(props));
        else pair.classList.remove('drawn');
      }
      before = props;
    },
    dispose: () => paints.remove(button),
  };
}

function pictureChanged(before: TileProps, { unit, scale, input, frame }: TileProps): boolean {
  return before.unit !== unit || before.scale !== scale || before.input !== input || before.frame !== frame;
}

/**
 * The caption is the tile's name for a screen reader too: "conv3 map 12, activation 3.41, position row 5 column 7".
 * The eye sees "map 12 · 3.41".
 */
function captionTile(
  caption: HTMLElement,
  { layer, map, name, activation, position, status }: TileProps,
): void {
  const { tile } = strings;
  const spoken = (text: string) => element('span', { class: 'visually-hidden' }, text);
  const parts: (Node | string)[] = [spoken(`${layer} `), tile.map(map)];
  if (status === 'inactive') parts.push(spoken(tile.isInactive));
  else {
    parts.push(
      spoken(tile.activation),
      element('span', { 'aria-hidden': 'true' }, tile.separator),
      number(activation),
      spoken(tile.position(position)),
    );
  }
  if (name) parts.push(tile.className(name));
  if (status === 'pending') parts.push(spoken(tile.pending));
  const before = caption.textContent;
  const next = element('span', {}, ...parts);
  if (next.textContent !== before) caption.replaceChildren(...next.childNodes);
}

function wordOf({ status, activation }: TileProps): string {
  if (status === 'failed') return strings.tile.failed;
  if (status !== 'inactive') return '';
  return Number.isNaN(activation) ? strings.tile.notNumber : strings.tile.inactive;
}
