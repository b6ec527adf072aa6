import { curveChart } from '../../src/core/charts/curveChart';
import { settledFrom } from '../../src/core/experiments/evolution/convergence';
import type { Convergence, EvolutionPlan } from '../../src/protocol/evolution';
import { createChart, type ChartProps } from '../shared/chart';
import { element, setText, type Component } from '../shared/element';
import { checkpointName, checkpointNumbers } from './evolutionModel';
import { strings } from './strings';

export interface CurvesProps {
  readonly plan: EvolutionPlan;
  readonly curves: readonly Convergence[];
}

type Quantity = 'filters' | 'projections';
const quantities: readonly Quantity[] = ['filters', 'projections'];

/** From this correlation on a layer counts as settled. */
const SETTLED = 0.9;

/** The chart of one quantity, the same for panel and files. */
export function convergenceChart({ plan, curves }: CurvesProps, quantity: Quantity): ChartProps['options'] {
  const numbers = checkpointNumbers(plan);
  return curveChart({
    title: strings.curves[quantity],
    x: strings.curves.x,
    y: strings.curves.y,
    range: [numbers[0] ?? 0, numbers.at(-1) ?? 1],
    curves: curves.map((curve) => ({
      name: curve.label,
      points: numbers.map((x, i) => ({ x, y: curve[quantity][i] ?? null })),
    })),
  });
}

/** Since when the filters of each layer have hardly changed, in words. */
export function settledText({ plan, curves }: CurvesProps): string {
  const parts = curves.flatMap(({ label, filters }) => {
    const from = settledFrom(filters, SETTLED);
    const checkpoint = from === null ? undefined : plan.checkpoints[from];
    return checkpoint ? strings.curves.settled(label, checkpointName(checkpoint)) : [];
  });
  return strings.curves.settledAll(parts.join(', '));
}

/** How near to its last state each layer is, epoch by epoch: two charts with one cursor. */
export function createCurvesView(): Component<CurvesProps> {
  let props: CurvesProps | undefined;
  let at: number | null = null;
  let options: Readonly<Record<Quantity, ChartProps['options']>> | undefined;
  const move = (value: number) => {
    at = value;
    draw();
  };
  const charts = quantities.map((quantity) => ({ quantity, chart: createChart(move) }));
  const settled = element('p', { 'data-testid': 'settled' });
  const reading = element('p', { class: 'muted', role: 'status', 'data-testid': 'reading' });
  const draw = () => {
    if (!props || !options) return;
    const { plan, curves } = props;
    const values = checkpointNumbers(plan);
    const index = at === null ? -1 : values.indexOf(at);
    const checkpoint = plan.checkpoints[index];
    const textOf = (quantity: Quantity) =>
      checkpoint
        ? strings.curves.reading(
            checkpointName(checkpoint),
            curves.map((curve) => `${curve.label} ${curve[quantity][index]!.toFixed(2)}`).join(', '),
          )
        : '';
    for (const { quantity, chart } of charts) {
      const cursor = { values, at, text: textOf(quantity) };
      chart.update({ title: strings.curves[quantity], options: options[quantity], cursor });
    }
    setText(reading, textOf('filters'));
  };
  return {
    element: element(
      'section',
      { 'data-testid': 'curves' },
      element('h2', {}, strings.curves.heading),
      element(
        'div',
        { class: 'curves' },
        ...charts.map(
          ({ quantity, chart }) =>
          element('figure', {}, element('figcaption', { class: 'muted' }, strings.curves[quantity]), chart.element), // prettier-ignore
        ),
      ),
      reading,
      settled,
    ),
    update: (next) => {
      if (props?.curves !== next.curves || props.plan !== next.plan) {
        at = null;
        options = {
          filters: convergenceChart(next, 'filters'),
          projections: convergenceChart(next, 'projections'),
        };
        setText(settled, settledText(next));
      }
      props = next;
      draw();
    },
  };
}
