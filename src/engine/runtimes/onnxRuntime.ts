import { availableParallelism } from 'node:os';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { UserError } from '../../core/errors';
import { forwardFailed, runtimeRefused } from '../../core/errors';
import { encodeOnnx } from '../../core/formats/onnx/encode';
import type { Graph } from '../../core/graph/graph';
import type { Runtime, Session } from '../../core/runtime';
import type { Tensor } from '../../core/tensor/tensor';

const MAX_THREADS = 8;

/** One message of ONNX Runtime: `Non-zero status code returned while running Conv node. Name:'conv1' Status Message: …`. */
const FAILED_NODE = /while running (\S+) node\. Name:'([^']*)' Status Message: (.*)/s;

export interface OnnxRuntimeOptions {
  /** Threads of one run; 0 takes one a core. */
  readonly threads: number;
}

/** ONNX Runtime on the CPU. */
export function onnxRuntime({ threads }: OnnxRuntimeOptions): Runtime {
  const options = sessionOptions(threads > 0 ? threads : Math.min(availableParallelism(), MAX_THREADS));
  return {
    name: `onnxruntime-node ${env.versions.node} (cpu)`,
    open: (graph) => openSession(graph, options),
  };
}

async function openSession(graph: Graph, options: InferenceSession.SessionOptions): Promise<Session> {
  const bytes = encodeOnnx(graph);
  const name = graph.name;
  const session = await InferenceSession.create(bytes, options).catch((error: unknown) => {
    throw runtimeRefused(name, reasonOf(error));
  });
  let open = true;
  return {
    async run(feeds, fetches) {
      if (!open) throw new Error(`The session of ${name} is closed`);
      const inputs = Object.fromEntries([...feeds].map(([input, tensor]) => [input, toOrt(tensor)]));
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

function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    // Everything it has to say arrives as an exception, too.
    logSeverityLevel: 4,
    // Threads that spin between two runs would take a core from the editor.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

function toOrt(tensor: Tensor): OrtTensor {
  return new OrtTensor(tensor.type, tensor.data as Float32Array, tensor.dims);
}

function fromOrt(name: string, tensor: OrtTensor | undefined): Tensor {
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
