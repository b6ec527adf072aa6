import type { Failure } from '../../../src/protocol/contract';
import { element, setText, show, type Component } from '../../shared/element';
import { actionLink, button } from '../../shared/toolkit';
import type { Phase } from '../state/panelState';
import { strings } from '../strings';

export interface BannerProps {
  readonly phase: Phase;
  readonly failure: Failure | null;
}

/** What keeps the whole panel from working: a dead engine, a model or image that cannot be read. */
export function createBanner(retry: () => void, showLog: () => void): Component<BannerProps> {
  const title = element('strong', {});
  const message = element('span', { 'data-testid': 'failure-message' });
  const hint = element('span', { class: 'failure-hint' });
  const log = actionLink(strings.failure.showLog, showLog);
  const banner = element(
    'div',
    { class: 'banner', role: 'alert', hidden: true },
    element('div', { class: 'banner-text' }, title, message, hint),
    element(
      'div',
      { class: 'banner-actions' },
      log,
      button({ text: strings.failure.retry, onClick: retry, appearance: 'primary', testId: 'retry' }),
    ),
  );
  return {
    element: banner,
    update: ({ phase, failure }) => {
      const shown = failure !== null && (phase === 'down' || phase === 'failed');
      show(banner, shown);
      if (!shown) return;
      const ours = failure.kind === 'bug';
      setText(title, phase === 'down' ? strings.failure.gone : ours ? strings.failure.bug : '');
      setText(message, ours ? '' : failure.message);
      setText(hint, failure.hint);
      show(title, title.textContent !== '');
      show(message, message.textContent !== '');
      show(hint, failure.hint !== '');
      show(log, failure.kind !== 'user');
    },
  };
}
