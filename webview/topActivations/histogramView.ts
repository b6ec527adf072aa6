import { histogramChart, type HistogramBin } from '../../src/core/charts/histogramChart';
import { binCount, lowerEdge } from '../../src/core/experiments/topActivations/histogram';
import type { TopMap } from '../../src/protocol/topActivations';
import { createChart, type ChartProps } from '../shared/chart';
import { element, setText, show, type Component } from '../shared/element';
import { strings } from './strings';

export interface HistogramProps {
  readonly layer: string;
  readonly found: TopMap;
}

/** How strongly the pictures of the set activate one map. */
export function createHistogramView(): Component<HistogramProps> {
  const none = element('p', { class: 'muted', 'data-testid': 'not-activating' });
  let props: HistogramProps | undefined;
  let options: ChartProps['options'] | undefined;
  let bins: readonly HistogramBin[] = [];
  let at: number | null = null;
  const chart = createChart((value) => {
    at = value;
    draw();
  });
  const draw = () => {
    if (!props || !options) return;
    const bin = bins.find(({ from }) => from === at);
    const text = bin ? strings.histogram.bin(bin.count, bin.from, bin.to) : '';
    setText(reading, text);
    const title = strings.histogram.title(props.layer, props.found.map);
    chart.update({ title, options, cursor: { values: bins.map(({ from }) => from), at, text } });
  };
  const reading = element('p', { class: 'muted', role: 'status', 'data-testid': 'bin' });
  return {
    element: element(
      'section',
      { class: 'histogram', 'data-testid': 'histogram' },
      chart.element,
      reading,
      none,
    ),
    update: (next) => {
      if (props?.found !== next.found) {
        bins = activeBins(next.found.histogram);
        at = null;
        const { title, x, y } = strings.histogram;
        options = histogramChart({ title: title(next.layer, next.found.map), x, y, bins });
      }
      props = next;
      show(chart.element, bins.length > 0);
      setText(none, strings.histogram.none(next.found.histogram[0] ?? 0));
      draw();
    },
  };
}

/** The bins of positive activations, from the first that counts anything to the last. */
export function activeBins(histogram: Uint32Array): HistogramBin[] {
  const counted = Array.from({ length: binCount - 1 }, (_, i) => i + 1).filter((bin) => histogram[bin]! > 0);
  const [first = 1, last = 0] = [counted[0], counted.at(-1)];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const bin = first + i;
    // The first bin begins at nothing, which has no place on a logarithmic axis.
    const from = bin === 1 ? lowerEdge(2) / Math.SQRT2 : lowerEdge(bin);
    return { from, to: lowerEdge(bin + 1), count: histogram[bin]! };
  });
}
