/** Ends a transfer that has come to a halt. */
export interface Patience {
  /** Aborted when the user cancels, or when there was no sign of life for too long. */
  readonly signal: AbortSignal;
  /** Whether it was the latter. */
  readonly isOver: () => boolean;
  readonly signOfLife: () => void;
  /** Closes what is still open. */
  readonly dispose: () => void;
}

export function patience(milliseconds: number, cancelled: AbortSignal): Patience {
  const end = new AbortController();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    end.abort();
  }, milliseconds);
  return {
    signal: AbortSignal.any([cancelled, end.signal]),
    isOver: () => over,
    signOfLife: () => void timer.refresh(),
    dispose: () => {
      clearTimeout(timer);
      end.abort();
    },
  };
}
