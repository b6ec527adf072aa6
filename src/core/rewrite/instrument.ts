import { methods } from '../deconvnet/methods';
import type { Graph, GraphNode, Value } from '../graph/graph';
import { siteOf } from '../graph/resolve';
import type { Network } from '../network';

/** A graph that shows what a projection needs, and the names to fetch from it. */
export interface Instrumented {
  readonly graph: Graph;
  /** Feature tensors, and whatever else some method reads on the way down. */
  readonly features: readonly string[];
  /** Switches by MaxPool node: int32, row-major index of each maximum in the pool's input. */
  readonly switches: ReadonlyMap<string, string>;
}

/** The first operator set whose MaxPool tells where its maxima were. Going from 7 to 8 changes nothing else that is used. */
export const switchesSince = 8;

/**
 * Makes the feature maps of every layer, the values gates and derivatives need, and the switches of every max pool
 * outputs of the graph. Nothing else changes: the original outputs keep their values.
 * `also` names further tensors to record.
 */
export function instrument(network: Network, also: readonly string[] = []): Instrumented {
  const { graph, nodes } = network.resolved;
  const switches = new Map<string, string>();
  const casts: GraphNode[] = [];
  const pools = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (node.op !== 'MaxPool' || node.domain !== '') continue;
    const [output, indices = ''] = node.outputs as [string, string?];
    const wide = indices || `${output}:switches64`;
    const narrow = `${output}:switches`;
    pools.set(node.name, { ...node, outputs: [output, wide], attributes: rowByRow(node) });
    casts.push(toInt32(wide, narrow));
    switches.set(node.name, narrow);
  }
  const features = [...featureTensors(network, also)];
  const present = new Set(graph.outputs.map((value) => value.name));
  const added: Value[] = features
    .filter((name) => !present.has(name))
    .map((name) => ({ name, type: 'float32', shape: null }));
  for (const name of switches.values()) added.push({ name, type: 'int32', shape: null });
  const instrumented: Graph = {
    ...graph,
    opset: Math.max(graph.opset, switchesSince),
    nodes: [...graph.nodes.map((node) => pools.get(node.name) ?? node), ...casts],
    outputs: [...graph.outputs, ...added],
  };
  return { graph: instrumented, features, switches };
}

/** The order of switches that nobody in the model reads is free to choose. */
function rowByRow({ attributes, outputs }: GraphNode): GraphNode['attributes'] {
  return outputs[1] ? attributes : new Map([...attributes].filter(([name]) => name !== 'storage_order'));
}

function toInt32(from: string, to: string): GraphNode {
  const int32 = 6;
  return {
    name: `${to}:cast`,
    op: 'Cast',
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map([['to', { kind: 'int', value: int32 }]]),
  };
}

function featureTensors(network: Network, also: readonly string[]): Set<string> {
  const names = new Set(network.layers.map((layer) => layer.tensor));
  for (const node of network.resolved.nodes) {
    for (const method of Object.values(methods)) {
      const rule = method[node.op];
      const known = node.inputs.every((name) => name === '' || network.resolved.shapes.has(name));
      if (known) for (const name of rule?.needs?.(siteOf(network.resolved, node)) ?? []) names.add(name);
    }
  }
  if (network.classifier) names.add(network.classifier.logits);
  if (network.classifier?.probabilities) names.add(network.classifier.probabilities);
  for (const name of also) names.add(name);
  names.delete(network.input.name);
  return names;
}
