import type { PanelObserver } from './panel';

/** One observer for several, asked for late: they need what the panels need. */
export function observedBy(observers: () => readonly Partial<PanelObserver>[]): PanelObserver {
  return {
    shown: (subject) => observers().forEach((observer) => observer.shown?.(subject)),
    recorded: (subject, recording) =>
      observers().forEach((observer) => observer.recorded?.(subject, recording)),
    projected: (request, units) => observers().forEach((observer) => observer.projected?.(request, units)),
    closed: (model) => observers().forEach((observer) => observer.closed?.(model)),
  };
}
