import { viewOf, type View } from './spelling';
import { operatorOf } from '../ops/operators';
import type { Graph, GraphNode } from '../graph/graph';

const poolings = new Set(['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'ReduceMax']);

/**
 * Marks products and quotients of a tensor with a gate that is made of that tensor alone, through a pool of whole maps: by the attribute
 * `gate`, the gate's place among the inputs. Where maps have more than one position the gate's shape tells as much;
 * where they have one, only its making does.
 */
export function markGates(graph: Graph): Graph {
  const view = viewOf(graph);
  const varying = varyingTensors(graph);
  let marked = false;
  const nodes = graph.nodes.map((node) => {
    const gate = node.domain === '' ? gateAmong(view, varying, node) : undefined;
    if (gate === undefined) return node;
    marked = true;
    return {
      ...node,
      attributes: new Map([...node.attributes, ['gate', { kind: 'int', value: gate } as const]]),
    };
  });
  return marked ? { ...graph, nodes } : graph;
}

function varyingTensors({ inputs, nodes }: Graph): ReadonlySet<string> {
  const varying = new Set(inputs.map(({ name }) => name));
  for (const node of nodes) {
    if (node.inputs.some((input) => varying.has(input)))
      node.outputs.forEach((output) => varying.add(output));
  }
  return varying;
}

function gateAmong(view: View, varying: ReadonlySet<string>, node: GraphNode): number | undefined {
  if (node.op !== 'Mul' && node.op !== 'Div') return undefined;
  const [a = '', b = ''] = node.inputs;
  if (a === b || !varying.has(a) || !varying.has(b)) return undefined;
  if (isPooledFrom(view, varying, b, a)) return 1;
  return node.op === 'Mul' && isPooledFrom(view, varying, a, b) ? 0 : undefined;
}

/** Whether a tensor depends on the image through `origin` alone, and on that through a pool of whole maps. */
function isPooledFrom(
  { producers }: View,
  varying: ReadonlySet<string>,
  tensor: string,
  origin: string,
): boolean {
  const seen = new Set<string>();
  const ahead: { readonly tensor: string; readonly pooled: boolean }[] = [{ tensor, pooled: false }];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    const key = `${at.pooled ? 'pooled' : 'whole'} ${at.tensor}`;
    if (!varying.has(at.tensor) || seen.has(key)) continue;
    seen.add(key);
    if (at.tensor === origin) {
      if (!at.pooled) return false;
      continue;
    }
    const node = producers.get(at.tensor);
    if (node === undefined || operatorOf(node) === undefined) return false;
    const pooled = at.pooled || poolings.has(node.op);
    for (const input of node.inputs) ahead.push({ tensor: input, pooled });
  }
  return seen.has(`pooled ${origin}`);
}
