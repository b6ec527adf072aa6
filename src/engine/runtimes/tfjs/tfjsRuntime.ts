import type { Runtime, Session } from '../../../core/runtime';
import { forwardFailed, runtimeRefused } from '../../../core/errors';
import type { Graph, GraphNode } from '../../../core/graph/graph';
import { resolveGraph, siteOf, type ResolvedGraph } from '../../../core/graph/resolve';
import { arrayTypes, type Dims, type Tensor } from '../../../core/tensor/tensor';
import { openTensorflow, type Tf, type TfBackend } from './backend';
import { CannotCompute, held, inGraph, type Held, type Kernel } from './call';
import { convolutions } from './convolutions';
import { elementwise } from './elementwise';
import { moving } from './moving';
import { pools } from './pools';

const kernels: Readonly<Record<string, Kernel>> = { ...elementwise, ...moving, ...convolutions, ...pools };

/** TensorFlow.js, with the fastest of its backends that works here or the one that is wanted. */
export async function tfjsRuntime(wanted?: TfBackend): Promise<Runtime> {
  const { tf, backend } = await openTensorflow(wanted);
  return {
    name: `tensorflow.js ${tf.version_core} (${backend})`,
    open: async (graph) => openSession(tf, backend, graph),
  };
}

function openSession(tf: Tf, backend: TfBackend, graph: Graph): Session {
  const unknown = graph.nodes.find(({ op, domain }) => domain !== '' || !isKnown(op));
  if (unknown) {
    const reason = `TensorFlow.js does not know the operator ${unknown.op} of node "${unknown.name}"`;
    throw runtimeRefused(graph.name, reason);
  }
  const uploaded = new Map<string, Held>();
  const resolved = new Map<string, ResolvedGraph>();
  const resolve = (inputs: ReadonlyMap<string, Dims>): ResolvedGraph => {
    const key = JSON.stringify([...inputs]);
    const known = resolved.get(key) ?? resolveGraph(graph, { inputs });
    resolved.set(key, known);
    return known;
  };
  let open = true;
  return {
    async run(feeds, fetches) {
      if (!open) throw new Error(`The session of ${graph.name} is closed`);
      await tf.setBackend(backend);
      const inputs = new Map([...feeds].map(([name, { dims }]) => [name, dims]));
      return compute(tf, { graph, resolved: resolve(inputs), uploaded, feeds, fetches });
    },
    async close() {
      open = false;
      for (const tensor of uploaded.values()) tensor.dispose();
      uploaded.clear();
    },
  };
}

/** Operators without a kernel may still be in a graph where they follow from sizes alone. */
const shapeOnly = new Set(['Shape', 'Constant', 'ConstantOfShape', 'Range', 'Size', 'Expand', 'Equal']);

function isKnown(op: string): boolean {
  return Object.hasOwn(kernels, op) || shapeOnly.has(op);
}

interface Run {
  readonly graph: Graph;
  readonly resolved: ResolvedGraph;
  /** Constants that were used before; they stay until the session is closed. */
  readonly uploaded: Map<string, Held>;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly fetches: readonly string[];
}

function compute(tf: Tf, run: Run): ReadonlyMap<string, Tensor> {
  const { graph, resolved, uploaded, feeds, fetches } = run;
  const results = new Map<string, Tensor>();
  tf.tidy(() => {
    const values = new Map([...feeds].map(([name, tensor]) => [name, held(tf, upload(tf, tensor))]));
    const lookUp = (name: string): Held | undefined => {
      const known = values.get(name) ?? uploaded.get(name);
      const constant = known === undefined ? resolved.constants.get(name) : undefined;
      if (constant === undefined) return known;
      const kept = tf.keep(held(tf, upload(tf, constant)));
      uploaded.set(name, kept);
      return kept;
    };
    for (const node of neededFor(resolved.nodes, fetches)) {
      const outputs = runNode(tf, node, { ...run, lookUp });
      node.outputs.forEach((name, i) => {
        if (name !== '' && outputs[i]) values.set(name, outputs[i]);
      });
    }
    for (const name of fetches) {
      const value = lookUp(name);
      if (value === undefined) throw forwardFailed(graph.name, `nothing makes "${name}"`);
      results.set(name, download(inGraph(tf, value)));
    }
  });
  return results;
}

/** The nodes that the fetched tensors depend on, in order. */
function neededFor(nodes: readonly GraphNode[], fetches: readonly string[]): GraphNode[] {
  const needed = new Set(fetches);
  const kept: GraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    kept.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return kept.reverse();
}

function runNode(
  tf: Tf,
  node: GraphNode,
  { graph, resolved, lookUp }: Run & { readonly lookUp: (name: string) => Held | undefined },
): readonly Held[] {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : lookUp(name)));
  try {
    const kernel = Object.hasOwn(kernels, node.op) ? kernels[node.op] : undefined;
    if (kernel === undefined) throw new CannotCompute(`TensorFlow.js does not know ${node.op}`);
    const result = kernel({ tf, node, site: siteOf(resolved, node), opset: graph.opset, inputs });
    return Array.isArray(result) ? (result as readonly Held[]) : [result as Held];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    throw forwardFailed(graph.name, `node "${node.name}" (${node.op}) failed: ${reason}`);
  }
}

/** float32 as it is, whole numbers and conditions as int32: TensorFlow.js has no wider ones. */
function upload(tf: Tf, { type, dims, data }: Tensor): Held {
  if (type === 'float32') return tf.tensor(data, [...dims]);
  return tf.tensor(Int32Array.from(data as ArrayLike<number>, Number), [...dims], 'int32');
}

function download(tensor: Held): Tensor {
  const type = tensor.dtype === 'float32' ? 'float32' : 'int32';
  const data = new arrayTypes[type](tensor.size);
  data.set(tensor.dataSync());
  return { type, dims: tensor.shape, data } as Tensor;
}
