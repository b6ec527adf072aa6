import { transformPicture } from '../../src/core/imaging/transform';
import type { TransformationKind } from '../../src/protocol/invariance';
import type { Picture } from '../../src/core/imaging/preprocessing';
import { paint } from '../shared/canvas';
import { element, setAttributes, type Component } from '../shared/element';
import { baseName } from '../shared/baseName';
import { FILL } from './measurement';
import { strings } from './strings';

export interface TransformedProps {
  readonly images: readonly string[];
  /** As the network sees it; undefined until it is read. */
  readonly pictureOf: (image: string) => Picture | undefined;
  readonly kind: TransformationKind;
  readonly value: number;
}

/** The compared pictures as the network sees them at the cursor. */
export function createTransformedPictures(): Component<TransformedProps> {
  const place = element('div', { class: 'transformed', 'data-testid': 'transformed' });
  const canvases = new Map<string, { readonly canvas: HTMLCanvasElement; shown: string }>();
  let images: readonly string[] = [];
  return {
    element: place,
    update: (props) => {
      if (props.images.join('\n') !== images.join('\n')) {
        ({ images } = props);
        canvases.clear();
        place.replaceChildren(...images.map((image) => figure(image, canvases)));
      }
      for (const [image, entry] of canvases) {
        const picture = props.pictureOf(image);
        const shown = `${props.kind} ${props.value}`;
        if (!picture || entry.shown === shown) continue;
        entry.shown = shown;
        paint(entry.canvas, transformPicture(picture, { kind: props.kind, value: props.value }, FILL));
        const label = strings.transformed(baseName(image), strings.kinds[props.kind], props.value);
        setAttributes(entry.canvas, { 'aria-label': label });
      }
    },
  };
}

function figure(
  image: string,
  canvases: Map<string, { readonly canvas: HTMLCanvasElement; shown: string }>,
): HTMLElement {
  const canvas = element('canvas', { role: 'img' });
  canvases.set(image, { canvas, shown: '' });
  return element('figure', { class: 'view' }, canvas, element('figcaption', {}, baseName(image)));
}
