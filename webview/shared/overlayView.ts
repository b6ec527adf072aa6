import { displayTile } from '../../src/core/imaging/display';
import type { Picture } from '../../src/core/imaging/preprocessing';
import type { ProjectedUnit } from '../../src/protocol/model';
import { element, type Component } from './element';
import { toCanvas } from './canvas';
import { createImageFrame } from './imageFrame';
import { slider } from './slider';
import { sharedStrings } from './strings';

export interface OverlayProps {
  readonly input: Picture;
  /** `null` while it is computed, and where there is none. */
  readonly unit: ProjectedUnit | null;
  readonly scale: number;
}

/** The projection in its place over the image, with a slider between the two. */
export function createOverlayView(): Component<OverlayProps> {
  const canvas = element('canvas', { role: 'img', 'aria-label': sharedStrings.overlay.label });
  const frame = createImageFrame(canvas);
  let blend = 0.75;
  let props: OverlayProps | undefined;
  let image: HTMLCanvasElement | undefined;
  let projection: HTMLCanvasElement | undefined;

  const draw = () => {
    const context = canvas.getContext('2d');
    if (!context || !props || !image) return;
    context.globalAlpha = 1;
    context.drawImage(image, 0, 0);
    if (!projection || !props.unit) return;
    context.globalAlpha = blend;
    context.drawImage(projection, props.unit.visible.left, props.unit.visible.top);
  };

  return {
    element: element(
      'figure',
      { class: 'view' },
      element('figcaption', {}, sharedStrings.overlay.label),
      frame.element,
      slider({
        text: sharedStrings.overlay.blend,
        label: sharedStrings.overlay.blendLabel,
        value: blend,
        testId: 'blend',
        onInput: (value) => {
          blend = value;
          draw();
        },
      }),
    ),
    update: (next) => {
      if (props && props.input === next.input && props.unit === next.unit && props.scale === next.scale)
        return;
      if (props?.input !== next.input) {
        image = toCanvas(next.input);
        canvas.height = next.input.height;
        canvas.width = next.input.width;
      }
      props = next;
      projection = next.unit?.tile ? toCanvas(displayTile(next.unit.tile, next.scale)) : undefined;
      frame.markBox(next.unit?.receptiveField ?? null, next.input);
      draw();
    },
  };
}
