import { heatMap } from '../../../../src/core/imaging/display';
import type { Picture } from '../../../../src/core/imaging/preprocessing';
import type { FeatureMap } from '../../../../src/protocol/model';
import { element, setAttributes, show, type Component } from '../../../shared/element';
import { cellAt, cellBox, type MapGrid } from '../../geometry';
import { toCanvas } from '../../../shared/canvas';
import { strings } from '../../strings';
import { createImageFrame } from '../../../shared/imageFrame';
import { slider } from '../../../shared/slider';

export interface HeatProps {
  readonly input: Picture;
  readonly featureMap: FeatureMap | null;
  readonly grid: MapGrid;
  readonly position: readonly [y: number, x: number];
  /** Of the selected unit, for screen readers. */
  readonly label: string;
}

const STEPS: Readonly<Record<string, readonly [y: number, x: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * One feature map's activation over the image; a click or the arrow keys choose another position of it. A map of
 * one unit has nothing to choose from and is not shown.
 */
export function createHeatView(select: (position: readonly [number, number]) => void): Component<HeatProps> {
  const canvas = element('canvas', {
    class: 'heat',
    'data-testid': 'heatmap',
    tabindex: 0,
    role: 'application',
  });
  const frame = createImageFrame(canvas);
  let opacity = 0.65;
  let props: HeatProps | undefined;

  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    if (!props) return;
    const { height, width } = props.input;
    select(
      cellAt(props.grid, (offsetY * height) / canvas.clientHeight, (offsetX * width) / canvas.clientWidth),
    );
  });
  canvas.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (!step || !props) return;
    event.preventDefault();
    event.stopPropagation();
    const { grid, position } = props;
    const move = (axis: 0 | 1, count: number) =>
      Math.min(Math.max(position[axis] + step[axis], 0), count - 1);
    select([move(0, grid.height), move(1, grid.width)]);
  });

  const view = element(
    'figure',
    { class: 'view' },
    element('figcaption', {}, strings.detail.heat),
    frame.element,
    slider({
      text: strings.detail.opacity,
      label: strings.detail.opacityLabel,
      value: opacity,
      testId: 'opacity',
      onInput: (value) => {
        opacity = value;
        if (props) drawHeat(canvas, props, opacity);
      },
    }),
    element('p', { class: 'muted' }, strings.detail.heatHint),
  );

  return {
    element: view,
    update: (next) => {
      const { input, grid, featureMap } = next;
      const single = grid.height * grid.width === 1;
      show(view, !single);
      setAttributes(canvas, { 'aria-label': next.label });
      frame.markUnit(!single ? cellBox(grid, next.position) : null, input);
      const unchanged =
        props?.input === input && props.featureMap === featureMap && sameGrid(props.grid, grid);
      props = next;
      if (unchanged) return;
      if (canvas.height !== input.height) canvas.height = input.height;
      if (canvas.width !== input.width) canvas.width = input.width;
      drawHeat(canvas, next, opacity);
    },
  };
}

function sameGrid(a: MapGrid, b: MapGrid): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function drawHeat(canvas: HTMLCanvasElement, { input, featureMap, grid }: HeatProps, opacity: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.globalAlpha = 1;
  context.drawImage(toCanvas(input), 0, 0);
  if (!featureMap) return;
  const high = featureMap.values.reduce((a, b) => Math.max(a, b), 0);
  const heat = toCanvas(heatMap(featureMap.values, featureMap, { low: 0, high }));
  const { top, left } = cellBox(grid, [0, 0]);
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = false;
  context.drawImage(heat, left, top, grid.width * grid.stride[1], grid.height * grid.stride[0]);
}
