import type { LabelShare } from '../../src/core/experiments/occlusion/summary';
import type { LabelColours } from '../../src/core/imaging/labelColours';
import { paint } from '../shared/canvas';
import { element, type Component } from '../shared/element';
import { percent } from '../../src/core/report/numbers';
import { labelName } from '../../src/core/experiments/occlusion/plan';
import { strings } from './strings';

export interface LabelLegendProps {
  readonly shares: readonly LabelShare[];
  readonly labels: readonly string[];
  readonly colours: LabelColours;
  readonly measured: number;
}

/** Classes beyond these are counted. */
const SHOWN = 8;

/** Which colour is which class, most frequent first. */
export function createLabelLegend(): Component<LabelLegendProps> {
  const list = element('ul', { class: 'label-legend', 'data-testid': 'label-legend' });
  return {
    element: list,
    update: ({ shares, labels, colours, measured }) => {
      const entries = shares.slice(0, SHOWN).map(({ label, windows }) => {
        // A canvas and not a style: the page's policy allows no inline styles from data.
        const swatch = element('canvas', { class: 'label-swatch', 'aria-hidden': 'true' });
        paint(swatch, { height: 1, width: 1, rgba: Uint8Array.of(...colours(label), 255) });
        const share = element('span', { class: 'muted' }, percent(windows / measured));
        const name = element('span', { title: labels[label] ?? '' }, labelName(labels, label));
        return element('li', {}, swatch, name, share);
      });
      const more = shares.length - SHOWN;
      if (more > 0) entries.push(element('li', { class: 'muted' }, strings.views.others(more)));
      list.replaceChildren(...entries);
    },
  };
}
