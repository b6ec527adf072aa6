import type { Failure } from '../../src/protocol/contract';
import { element } from './element';
import { sharedStrings } from './strings';
import { actionLink } from './toolkit';

export interface FailureActions {
  readonly showLog: () => void;
  readonly retry?: () => void;
}

/** Nothing for what was cancelled, and for a dead engine, which has its banner; else the failure in place. */
export function failureViews(failure: Failure, actions: FailureActions): HTMLElement[] {
  return failure.kind === 'cancelled' || failure.kind === 'gone' ? [] : [failureView(failure, actions)];
}

/** A failure in place: the sentence and the hint for what the user can act on, the log for what is our bug. */
export function failureView(failure: Failure, { showLog, retry }: FailureActions): HTMLElement {
  const isBug = failure.kind === 'bug';
  const message = isBug ? sharedStrings.failure.bug : failure.message;
  return element(
    'div',
    { class: 'failure', role: 'alert' },
    element('span', { class: 'failure-message', 'data-testid': 'failure-message' }, message),
    failure.hint ? element('span', { class: 'failure-hint' }, failure.hint) : null,
    element(
      'span',
      { class: 'failure-actions' },
      retry ? actionLink(sharedStrings.failure.again, retry) : null,
      isBug ? actionLink(sharedStrings.failure.showLog, showLog) : null,
    ),
  );
}
