const INTERVAL_MS = 100;

/** Says yes ten times a second at most: when to tell how far something is, and to let others have the thread. */
export function everySoOften(): () => boolean {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < INTERVAL_MS) return false;
    last = now;
    return true;
  };
}
