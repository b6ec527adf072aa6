/** Work that draws, spread over animation frames so that scrolling stays smooth. */
export interface PaintQueue {
  /** Replaces an earlier task of the same owner that has not run. */
  readonly add: (owner: object, task: () => void) => void;
  readonly remove: (owner: object) => void;
}

/** Milliseconds of drawing per frame; with layout and scrolling a frame at 60 Hz has 16. */
const BUDGET = 8;

export function createPaintQueue(
  nextFrame: (run: () => void) => void = requestAnimationFrame,
  now: () => number = () => performance.now(),
): PaintQueue {
  const tasks = new Map<object, () => void>();
  let scheduled = false;

  const run = () => {
    scheduled = false;
    const end = now() + BUDGET;
    for (const [owner, task] of tasks) {
      tasks.delete(owner);
      task();
      if (now() >= end) break;
    }
    if (tasks.size > 0) schedule();
  };

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    nextFrame(run);
  };

  return {
    add: (owner, task) => {
      tasks.set(owner, task);
      schedule();
    },
    remove: (owner) => void tasks.delete(owner),
  };
}
