import type { Runtime } from '../../core/runtime';
import type { ExecutionProvider, RuntimeName } from '../../protocol/runtimes';
import { computeFirst } from './firstComputation';
import { onnxRuntime, onnxWebRuntime } from './onnxRuntime';
import { tfjsRuntime } from './tfjs/tfjsRuntime';

export interface RuntimeOptions {
  readonly runtime: RuntimeName;
  readonly provider: ExecutionProvider;
  /** Threads of one run; 0 takes one a core. */
  readonly threads: number;
}

/** A runtime that may not be there. */
interface Candidate {
  /** How the user knows it. */
  readonly what: string;
  /** Throws where it is not on this machine. */
  readonly open: () => Runtime | Promise<Runtime>;
}

/**
 * Opens the runtime that was asked for. Where it cannot compute on this machine, the next best one does and `note` says so;
 * throws what the last one throws.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  return firstThatComputes(candidatesFor(options));
}

function candidatesFor({ runtime, provider, threads }: RuntimeOptions): readonly Candidate[] {
  const native = { what: 'onnxruntime-node', open: () => onnxRuntime({ threads }) };
  const web = { what: 'onnxruntime-web', open: () => onnxWebRuntime({ threads }) };
  if (runtime === 'tensorflow.js') return [{ what: runtime, open: () => tfjsRuntime() }, native, web];
  if (runtime === 'onnxruntime-web') return [web, native];
  if (provider === 'cpu') return [native, web];
  const wanted = {
    what: `the execution provider ${provider}`,
    open: () => onnxRuntime({ threads, provider }),
  };
  const helped = {
    what: `the execution provider ${provider} with switches of the CPU`,
    open: () => onnxRuntime({ threads, provider, switches: 'cpu' }),
  };
  return [wanted, helped, native, web];
}

/** The first candidate that computes something, with a note where it is not the first of all. */
export async function firstThatComputes([first, ...others]: readonly Candidate[]): Promise<Runtime> {
  if (first === undefined) throw new Error('No runtime to choose from');
  try {
    const runtime = await first.open();
    await computeFirst(runtime);
    return runtime;
  } catch (error) {
    if (others.length === 0) throw error;
    const runtime = await firstThatComputes(others);
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ').trim() : String(error);
    return { ...runtime, note: `Not ${first.what} but ${runtime.name} computes, because: ${reason}` };
  }
}
