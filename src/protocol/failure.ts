import { UserError } from '../core/errors';
import type { Failure, Outcome } from './contract';

/** A failure that is passed on: thrown by a handler, it reaches the caller as the same value. */
export class CallFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = 'CallFailure';
  }
}

/** The value of an outcome; throws its failure, so that a handler can pass a call through. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new CallFailure(outcome.failure);
}

/** What was thrown, as a value that can cross a boundary. */
export function toFailure(error: unknown): Failure {
  if (error instanceof CallFailure) return error.failure;
  if (error instanceof UserError) {
    const { code, message, hint, files } = error;
    return { kind: 'user', code, message, hint, ...(files.length > 0 && { files }) };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', code: 'bug', message, hint: '', ...(stack === undefined ? {} : { stack }) };
}

/** How a call ends that its caller no longer wants. */
export const cancellation: Failure = {
  kind: 'cancelled',
  code: 'cancelled',
  message: 'Cancelled.',
  hint: '',
};
