import type { CallOptions, Failure, Outcome } from '../../src/protocol/contract';
import type { ProjectedUnit } from '../../src/protocol/model';

export interface SchedulerOptions {
  /** Layers in the order they should be filled, asked anew before each request. */
  readonly plan: () => readonly string[];
  /** The layer's maps that have to be requested. */
  readonly missing: (layer: string) => readonly number[];
  readonly project: (
    layer: string,
    maps: readonly number[],
    options: CallOptions<ProjectedUnit>,
  ) => Promise<Outcome<unknown>>;
  readonly onUnit: (unit: ProjectedUnit) => void;
  readonly onFailure: (layer: string, failure: Failure) => void;
  /** The layers under way changed. */
  readonly onBusy: (layers: readonly string[]) => void;
}

export interface Scheduler {
  /** Something changed: what is visible, what is missing, or that work may go on after `stop`. */
  readonly wake: () => void;
  /** Aborts everything under way. */
  readonly stop: () => void;
}

/** Two layers at a time: one is computed while the other's tiles travel. */
const CONCURRENCY = 2;

/** Maps in one request: small enough that a row which scrolled away does not hold up the next for long. */
const CHUNK = 9;

/**
 * Fills rows by requests, one or two layers at a time, in the order of the plan. A row that leaves the plan's top
 * before it was started simply waits; one that was started runs to its end.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const running = new Map<string, AbortController>();

  const start = async (layer: string, maps: readonly number[]) => {
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = new Set(maps);
    running.set(layer, controller);
    options.onBusy([...running.keys()]);
    const outcome = await options.project(layer, maps, {
      signal,
      onProgress: (unit) => {
        if (signal.aborted) return;
        waiting.delete(unit.map);
        options.onUnit(unit);
      },
    });
    if (signal.aborted) return;
    running.delete(layer);
    // Asking again for what did not come would go on for ever.
    if (!outcome.ok) options.onFailure(layer, outcome.failure);
    else if (waiting.size > 0) options.onFailure(layer, incomplete(layer, [...waiting]));
    options.onBusy([...running.keys()]);
    wake();
  };

  const wake = () => {
    if (running.size >= CONCURRENCY) return;
    for (const layer of options.plan()) {
      if (running.has(layer)) continue;
      const maps = options.missing(layer).slice(0, CHUNK);
      if (maps.length === 0) continue;
      void start(layer, maps);
      if (running.size >= CONCURRENCY) return;
    }
  };

  const stop = () => {
    for (const controller of running.values()) controller.abort();
    running.clear();
    options.onBusy([]);
  };

  return { wake, stop };
}

function incomplete(layer: string, maps: readonly number[]): Failure {
  const message = `The engine answered for ${layer} without maps ${maps.join(', ')}`;
  return { kind: 'bug', code: 'incomplete', message, hint: '' };
}

/**
 * The order in which rows are worth filling: what is visible from top to bottom, then what the user scrolls to
 * next, then what lies above, nearest first. Only the visible ones when `ahead` is `none`.
 */
export function planRows(
  layers: readonly string[],
  visible: ReadonlySet<string>,
  ahead: 'all' | 'none',
): readonly string[] {
  const seen = layers.filter((layer) => visible.has(layer));
  if (ahead === 'none') return seen;
  const first = seen.length > 0 ? layers.indexOf(seen[0]!) : 0;
  const below = layers.slice(first).filter((layer) => !visible.has(layer));
  return [...seen, ...below, ...layers.slice(0, first).reverse()];
}
