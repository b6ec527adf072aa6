import type { Failure } from '../../src/protocol/contract';
import { element, setText, show, type Component } from './element';
import { sharedStrings } from './strings';
import { actionLink, button } from './toolkit';

export interface BannerProps {
  /** `null` hides the banner. */
  readonly failure: Failure | null;
}

/** What keeps the whole panel from working: a dead engine, a model or image that cannot be read. */
export function createBanner(retry: () => void, showLog: () => void): Component<BannerProps> {
  const title = element('strong', {});
  const message = element('span', { 'data-testid': 'failure-message' });
  const hint = element('span', { class: 'failure-hint' });
  const log = actionLink(sharedStrings.failure.showLog, showLog);
  const banner = element(
    'div',
    { class: 'banner', role: 'alert', hidden: true },
    element('div', { class: 'banner-text' }, title, message, hint),
    element(
      'div',
      { class: 'banner-actions' },
      log,
      button({ text: sharedStrings.failure.retry, onClick: retry, appearance: 'primary', testId: 'retry' }),
    ),
  );
  return {
    element: banner,
    update: ({ failure }) => {
      show(banner, failure !== null);
      if (!failure) return;
      const ours = failure.kind === 'bug';
      const { gone, bug } = sharedStrings.failure;
      setText(title, failure.kind === 'gone' ? gone : ours ? bug : '');
      setText(message, ours ? '' : failure.message);
      setText(hint, failure.hint);
      show(title, title.textContent !== '');
      show(message, message.textContent !== '');
      show(hint, failure.hint !== '');
      show(log, failure.kind !== 'user');
    },
  };
}
