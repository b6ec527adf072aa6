import { lesionName, rankByDrop, type LesionEffect } from '../../src/core/experiments/lesionResult';
import type { LesionChoice } from '../../src/protocol/lesion';
import { element, show, type Component } from '../shared/element';
import { percent } from '../../src/core/report/numbers';
import { button } from '../shared/toolkit';
import { barOf } from './answersView';
import type { Answered, LesionState } from './lesionModel';
import { isOff } from './settings';
import { strings } from './strings';

/** Rows that are added at a time. */
const PAGE = 40;

/** What every lesion of a ranking did, in the order of its plan. */
export function effectsOf({ plan, answers }: Answered): LesionEffect[] {
  return answers.map(({ probability, top }, index) => ({
    name: lesionName(plan.lesions[index]!),
    probability,
    top: plan.labels[top[0]!] ?? '',
  }));
}

/** The ranking as a table; each row has a switch for what it is about. */
export function createRankingView(toggle: (lesion: readonly LesionChoice[]) => void): Component<LesionState> {
  const { ranking: words } = strings;
  const caption = element('caption', {});
  const body = element('tbody', {});
  let rows = PAGE;
  let shown: readonly unknown[] = [];
  let state: LesionState | undefined;
  const more = button({
    text: words.more(PAGE),
    onClick: () => {
      rows += PAGE;
      if (state) draw(state);
    },
    testId: 'more',
  });
  const draw = ({ ranking, settings }: LesionState) => {
    if (!ranking) return body.replaceChildren();
    const { plan } = ranking;
    caption.textContent = words.caption(plan.labels[plan.label] ?? '');
    const effects = effectsOf(ranking);
    const order = rankByDrop(effects);
    body.replaceChildren(
      ...order.slice(0, rows).map((index) => {
        const lesion = plan.lesions[index]!;
        const { name, probability, top } = effects[index]!;
        const drop = plan.clean.probability - probability;
        const off = isOff(settings.off, lesion);
        const press = element(
          'button',
          { type: 'button', class: 'plain-button', 'aria-pressed': String(off), 'aria-label': off ? words.switchOn(name) : words.switchOff(name), 'data-testid': 'switch' }, // prettier-ignore
          off ? words.off : words.on,
        );
        press.addEventListener('click', () => toggle(lesion));
        return element(
          'tr',
          { 'data-off': off },
          element('th', { scope: 'row' }, name),
          element('td', {}, barOf(drop), percent(drop)),
          element('td', {}, percent(probability)),
          element('td', { class: 'class-name', title: top }, top),
          element('td', {}, press),
        );
      }),
    );
    show(more, order.length > rows);
  };
  const head = [words.lesion, words.drop, words.probability, words.top, words.state];
  return {
    element: element(
      'div',
      {},
      element(
        'table',
        { class: 'data-table ranking', 'data-testid': 'ranking' },
        caption,
        element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
        body,
      ),
      more,
    ),
    update: (next) => {
      state = next;
      const parts = [next.ranking, next.settings.off];
      if (parts.every((part, i) => part === shown[i])) return;
      shown = parts;
      draw(next);
    },
  };
}
