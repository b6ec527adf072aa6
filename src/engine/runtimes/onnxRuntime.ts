import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type * as Ort from 'onnxruntime-node';
import type { UserError } from '../../core/errors';
import { forwardFailed, runtimeRefused } from '../../core/errors';
import { encodeOnnx } from '../../core/formats/onnx/encode';
import type { Graph } from '../../core/graph/graph';
import { withNormalisationByPool } from '../../core/rewrite/normalisationByPool';
import { withSwitchesInDouble } from '../../core/rewrite/switchesInDouble';
import type { Runtime, Session } from '../../core/runtime';
import type { Tensor } from '../../core/tensor/tensor';
import type { ExecutionProvider } from '../../protocol/runtimes';

const MAX_THREADS = 8;

/** One message of ONNX Runtime: `Non-zero status code returned while running Conv node. Name:'conv1' Status Message: …`. */
const FAILED_NODE = /while running (\S+) node\. Name:'([^']*)' Status Message: (.*)/s;

export interface OnnxRuntimeOptions {
  /** Threads of one run; 0 takes one a core. */
  readonly threads: number;
  /** The CPU where left out. */
  readonly provider?: ExecutionProvider;
  /** Who finds the switches of max pools: the provider where left out. */
  readonly switches?: 'provider' | 'cpu';
}

/** What both builds of ONNX Runtime are. */
type Build = typeof Ort;

/** Loads a build when it is asked for: the native one is not on every platform, the other one is large. */
const load = createRequire(import.meta.url);

/** ONNX Runtime's native build. Throws where it has no binary for this platform. */
export function onnxRuntime({ threads, provider = 'cpu', switches }: OnnxRuntimeOptions): Runtime {
  const ort = load('onnxruntime-node') as Build;
  const options = { ...sessionOptions(threads), executionProviders: [provider] };
  const version = `onnxruntime-node ${ort.env.versions.node}`;
  if (switches !== 'cpu') {
    const prepared = provider === 'cpu' ? withNormalisationByPool : (graph: Graph) => graph;
    return {
      name: `${version} (${provider})`,
      open: (graph) => openSession(ort, prepared(graph), options),
    };
  }
  return {
    name: `${version} (${provider}, switches by the CPU)`,
    open: (graph) => openSession(ort, withSwitchesInDouble(graph), options),
  };
}

/** ONNX Runtime's WebAssembly build, for platforms without a native one: slower, and everywhere. */
export function onnxWebRuntime({ threads }: Pick<OnnxRuntimeOptions, 'threads'>): Runtime {
  const ort = load('onnxruntime-web') as Build;
  ort.env.wasm.numThreads = threadsOf(threads);
  const wasm = { ...sessionOptions(threads), executionProviders: ['wasm'] };
  return {
    name: `onnxruntime-web ${ort.env.versions.web} (wasm)`,
    open: (graph) => openSession(ort, withNormalisationByPool(graph), wasm),
  };
}

function threadsOf(threads: number): number {
  return threads > 0 ? threads : Math.min(availableParallelism(), MAX_THREADS);
}

async function openSession(
  ort: Build,
  graph: Graph,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Session> {
  const bytes = encodeOnnx(graph);
  const name = graph.name;
  const session = await ort.InferenceSession.create(bytes, options).catch((error: unknown) => {
    throw runtimeRefused(name, reasonOf(error));
  });
  let open = true;
  return {
    async run(feeds, fetches) {
      if (!open) throw new Error(`The session of ${name} is closed`);
      const inputs = Object.fromEntries([...feeds].map(([input, tensor]) => [input, toOrt(ort, tensor)]));
      const outputs = await session.run(inputs, fetches).catch((error: unknown) => {
        throw describeFailure(name, error);
      });
      return new Map(fetches.map((output) => [output, fromOrt(output, outputs[output])]));
    },
    async close() {
      if (!open) return;
      open = false;
      await session.release();
    },
  };
}

function sessionOptions(threads: number): Ort.InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threadsOf(threads),
    // Everything it has to say arrives as an exception, too.
    logSeverityLevel: 4,
    // Threads that spin between two runs would take a core from the editor.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

function toOrt(ort: Build, tensor: Tensor): Ort.Tensor {
  return new ort.Tensor(tensor.type, tensor.data as Float32Array, tensor.dims);
}

function fromOrt(name: string, tensor: Ort.Tensor | undefined): Tensor {
  if (!tensor) throw new Error(`ONNX Runtime gave no output "${name}"`);
  return { type: tensor.type, dims: tensor.dims, data: tensor.data } as Tensor;
}

function describeFailure(model: string, error: unknown): UserError {
  const reason = reasonOf(error);
  const [, op, node, message] = FAILED_NODE.exec(reason) ?? [];
  if (node === undefined) return forwardFailed(model, reason);
  return forwardFailed(model, `node "${node}" (${op}) failed: ${message}`);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim();
}
