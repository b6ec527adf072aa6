/** Aborts when the process is told to stop for the first time (SIGINT, SIGTERM); the second time ends it. */
export function untilStopped(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
