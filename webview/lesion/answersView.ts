import { element, type Component } from '../shared/element';
import { percent } from '../../src/core/report/numbers';
import type { LesionState } from './lesionModel';
import { strings } from './strings';

/** The most probable classes of the whole network and with the lesion, beside each other. */
export function createAnswersView(): Component<LesionState> {
  const { answers: words } = strings;
  const body = element('tbody', {});
  const head = [words.class, words.whole, words.lesioned].map((name) =>
    element('th', { scope: 'col' }, name),
  );
  let shown: LesionState['current'] = null;
  return {
    element: element(
      'table',
      { class: 'data-table answers', 'data-testid': 'answers' },
      element('caption', {}, words.caption),
      element('thead', {}, element('tr', {}, ...head)),
      body,
    ),
    update: ({ current }) => {
      if (current === shown) return;
      shown = current;
      if (!current) return body.replaceChildren();
      const { clean, labels } = current.plan;
      const lesioned = current.answers[0] ?? clean;
      const classes = [...new Set([...clean.top, ...lesioned.top])];
      body.replaceChildren(
        ...classes.map((index) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, labels[index] ?? String(index)),
            probabilityCell(clean, index),
            probabilityCell(lesioned, index),
          ),
        ),
      );
    },
  };
}

interface Top {
  readonly top: readonly number[];
  readonly topProbabilities: readonly number[];
}

/** Beyond the most probable classes only the bound is known. */
function probabilityCell({ top, topProbabilities }: Top, index: number): HTMLElement {
  const place = top.indexOf(index);
  const probability = topProbabilities[place] ?? 0;
  const text = place < 0 ? `< ${percent(topProbabilities.at(-1) ?? 0)}` : percent(probability);
  return element('td', {}, barOf(probability), text);
}

/** A share of one as a bar; the number beside it says the same. */
export function barOf(share: number): HTMLElement {
  return element('meter', { class: 'bar', min: 0, max: 1, value: Math.max(0, share), 'aria-hidden': 'true' });
}
