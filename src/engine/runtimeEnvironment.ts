import { executionProviders, runtimeNames } from '../protocol/runtimes';
import type { RuntimeOptions } from './runtimes/openRuntime';

/** What tells the engine process how to compute: the environment it is started with. */
export function runtimeEnvironment({ runtime, provider, threads }: RuntimeOptions): Record<string, string> {
  return {
    SWITCHBACK_RUNTIME: runtime,
    SWITCHBACK_PROVIDER: provider,
    SWITCHBACK_THREADS: String(threads),
  };
}

/** Reads it back. What is not there or not known is left to the runtime. */
export function runtimeOptions(environment: Readonly<Record<string, string | undefined>>): RuntimeOptions {
  const { SWITCHBACK_RUNTIME: runtime, SWITCHBACK_PROVIDER: provider, SWITCHBACK_THREADS: threads } = environment; // prettier-ignore
  return {
    runtime: runtimeNames.find((name) => name === runtime) ?? 'auto',
    provider: executionProviders.find((name) => name === provider) ?? 'cpu',
    threads: Number(threads ?? 0),
  };
}
