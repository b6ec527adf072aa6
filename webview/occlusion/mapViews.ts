import {
  cellsOver,
  labelCells,
  occludedPicture,
  rangeOf,
  rangeText,
  valueCells,
} from '../../src/core/experiments/occlusion/pictures';
import { followedName, mapName } from '../../src/core/experiments/occlusion/plan';
import { labelLegend } from '../../src/core/experiments/occlusion/report';
import { activityOf } from '../../src/core/experiments/occlusion/result';
import { summarise } from '../../src/core/experiments/occlusion/summary';
import { windowAt } from '../../src/core/experiments/occlusion/windows';
import { labelColours, type LabelColours } from '../../src/core/imaging/labelColours';
import type { Picture } from '../../src/core/imaging/preprocessing';
import type { LegendEntry } from '../../src/core/report/experimentReport';
import { number, percent } from '../../src/core/report/numbers';
import { element, placeInOrder, show, type Component } from '../shared/element';
import { createLabelLegend } from './labelLegend';
import { createMapView, type MapView, type MapViewActions } from './mapView';
import { createScaleBar } from './scaleBar';
import { strings } from './strings';
import type { Sweep } from './sweep';
import { cellSentence } from './words';

export interface MapViewsProps {
  readonly input: Picture;
  readonly sweep: Sweep;
  /** The window under the pointer. */
  readonly window: number;
  readonly opacity: number;
}

/** A picture of the panel with its caption, for exports. */
export interface Shot {
  readonly caption: string;
  /** What its colours stand for: a range, or classes. */
  readonly range?: string;
  readonly legend?: readonly LegendEntry[];
  readonly canvas: HTMLCanvasElement;
}

type Shown = Omit<Shot, 'canvas'> & { readonly view: MapView };

export interface MapViewsActions extends MapViewActions {
  /** The pointer or the focus came to the activity of the watched map with this index. */
  readonly look: (index: number) => void;
}

export interface MapViews extends Component<MapViewsProps> {
  readonly shots: () => readonly Shot[];
}

interface HeatView {
  readonly view: MapView;
  /** What its colours stand for. */
  readonly range: () => string;
  readonly draw: (
    props: MapViewsProps,
    values: Float32Array,
    caption: string,
    text: (value: number) => string,
  ) => void;
}

/** The picture with the square, the maps, and what their colours mean. */
export function createMapViews(actions: MapViewsActions): MapViews {
  const picture = createMapView(actions);
  const probability = createHeatView(actions);
  const legend = createLabelLegend();
  const labels = createMapView(actions, legend.element);
  const activities: HeatView[] = [];
  const grid = element('div', { class: 'views map-views' });
  let colours: LabelColours = labelColours();
  let drawn: MapViewsProps | undefined;
  let shown: readonly Shown[] = [];

  const draw = (props: MapViewsProps) => {
    const { sweep, input, window } = props;
    const { plan, result } = sweep;
    const box = windowAt(plan.grid, window);
    const redraw = drawn?.sweep !== sweep || drawn.opacity !== props.opacity || drawn.input !== input;
    if (drawn?.sweep.plan.key !== plan.key) colours = labelColours();
    const followed = followedName(sweep.plan);
    const description = cellSentence(sweep, window);
    const captions = strings.views;
    picture.update({
      caption: captions.picture,
      picture: occludedPicture(input, plan.covered, box),
      square: box,
      description,
    });
    while (activities.length < plan.maps.length)
      activities.push(createActivityView(activities.length, actions));
    const current: Shown[] = [{ view: picture, caption: captions.picture }];
    plan.maps.forEach((choice, column) => {
      const { view, draw: drawHeat, range } = activities[column]!;
      const caption = captions.activity(mapName(choice));
      if (redraw) drawHeat(props, activityOf(result, column), caption, number);
      view.update({ caption, picture: null, square: box, description });
      current.push({ view, caption, range: range() });
    });
    if (followed !== null) {
      const caption = captions.probability(followed);
      if (redraw) probability.draw(props, result.probability, caption, percent);
      probability.view.update({ caption, picture: null, square: box, description });
      // The clean picture's class has the first colour.
      colours(plan.clean.label[0]!);
      const cells = redraw ? cellsOver(input, labelCells(result, colours), plan.grid, props.opacity) : null;
      labels.update({ caption: captions.labels, picture: cells, square: box, description });
      if (redraw) {
        const { labels: shares, measured } = summarise(sweep.result, sweep.plan.clean);
        legend.update({ shares, labels: plan.labels, colours, measured: Math.max(1, measured) });
      }
      current.push(
        { view: probability.view, caption, range: probability.range() },
        { view: labels, caption: captions.labels, legend: labelLegend(sweep, colours) },
      );
    }
    shown = current;
    placeInOrder(
      grid,
      current.map(({ view }) => view.element),
    );
    drawn = props;
  };

  return {
    element: grid,
    update: draw,
    shots: () => shown.map(({ view, ...described }) => ({ ...described, canvas: view.canvas })),
  };
}

function createActivityView(index: number, actions: MapViewsActions): HeatView {
  const heat = createHeatView(actions);
  for (const event of ['pointerenter', 'focus'])
    heat.view.canvas.addEventListener(event, () => actions.look(index));
  return heat;
}

function createHeatView(actions: MapViewActions): HeatView {
  const scale = createScaleBar();
  const view = createMapView(actions, scale.element);
  let described = '';
  return {
    view,
    range: () => described,
    draw: ({ sweep: { plan, result }, input, opacity }, values, caption, text) => {
      const range = rangeOf(values);
      const cells = valueCells(result, values, range);
      show(scale.element, result.done.includes(1));
      scale.update({ range, text });
      described = rangeText(range, text);
      view.update({
        caption,
        picture: cellsOver(input, cells, plan.grid, opacity),
        square: null,
        description: '',
      });
    },
  };
}
