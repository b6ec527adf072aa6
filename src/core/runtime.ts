import type { Graph } from './graph/graph';
import type { Tensor } from './tensor/tensor';

/**
 * Something that runs graphs: ONNX Runtime, TensorFlow.js. Implementations live in `src/engine/runtimes`;
 * the core only knows this interface, so its tests can bring a fake one.
 */
export interface Runtime {
  /** Shown to the user, for example "onnxruntime-node 1.30.0 (cpu)". */
  readonly name: string;
  /** One sentence where it is not what was asked for. */
  readonly note?: string;
  /** Prepares a graph to be run many times. Throws a `UserError` naming the file or node when it cannot. */
  open(graph: Graph): Promise<Session>;
}

/** A graph ready to run. */
export interface Session {
  /**
   * One forward pass. `feeds` has every graph input; the result has every name in `fetches`.
   * A native call cannot be interrupted: callers check their `AbortSignal` before and after.
   */
  run(feeds: ReadonlyMap<string, Tensor>, fetches: readonly string[]): Promise<ReadonlyMap<string, Tensor>>;
  close(): Promise<void>;
}
