import { floatAttribute, intAttribute } from '../graph/attributes';
import type { Attribute, Graph, GraphNode } from '../graph/graph';
import { floatTensor, type Tensor } from '../tensor/tensor';
import { axesOf } from './axes';

/** The exponent of AlexNet, of the paper's network and of GoogLeNet: two square roots, multiplied. */
const beta = 0.75;

/**
 * A graph whose local response normalisations, x / (bias + alpha mean(x²))^0.75 with the mean over neighbouring maps, are
 * spelled with an average pool over the maps and square roots: several times as fast on CPUs, where ONNX Runtime takes a power of
 * every value, and each mean is a sum of its own instead of what is left of the one before. Those with another exponent stay.
 */
export function withNormalisationByPool(graph: Graph): Graph {
  const added: ReadonlyMap<string, Tensor>[] = [];
  const nodes = graph.nodes.flatMap((node) => {
    if (node.op !== 'LRN' || node.domain !== '' || floatAttribute(node, 'beta', beta) !== beta) return [node];
    const spelled = spell(node, graph.opset);
    added.push(spelled.constants);
    return spelled.nodes;
  });
  if (added.length === 0) return graph;
  return { ...graph, nodes, constants: new Map([...graph.constants, ...added.flatMap((each) => [...each])]) };
}

function spell(
  node: GraphNode,
  opset: number,
): { readonly nodes: readonly GraphNode[]; readonly constants: ReadonlyMap<string, Tensor> } {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const named = (part: string): string => `${output}:${part}`;
  const size = intAttribute(node, 'size', 1);
  const before = Math.floor((size - 1) / 2);
  const constants = new Map<string, Tensor>([
    [named('alpha'), floatTensor([1], Float32Array.of(floatAttribute(node, 'alpha', 1e-4)))],
    [named('bias'), floatTensor([1], Float32Array.of(floatAttribute(node, 'bias', 1)))],
    ...axesOf('Unsqueeze', opset, [1], named('axes')).constants,
  ]);
  const pooling: Record<string, Attribute> = {
    kernel_shape: { kind: 'ints', value: [size, 1, 1] },
    pads: { kind: 'ints', value: [before, 0, 0, size - 1 - before, 0, 0] },
    count_include_pad: { kind: 'int', value: 1 },
  };
  const step = (op: string, inputs: readonly string[], to: string, attributes = {}): GraphNode => ({
    name: `${node.name}:${to}`,
    op,
    domain: '',
    inputs,
    outputs: [to],
    attributes: new Map(Object.entries(attributes)),
  });
  const moved = (op: 'Unsqueeze' | 'Squeeze', input: string, to: string): GraphNode => {
    const axes = axesOf(op, opset, [1], named('axes'));
    return step(op, [input, ...axes.inputs], to, axes.attributes);
  };
  const nodes = [
    step('Mul', [x, x], named('squares')),
    // Maps become the depth of one map, so that a pool can go over them.
    moved('Unsqueeze', named('squares'), named('depth')),
    step('AveragePool', [named('depth')], named('means'), pooling),
    moved('Squeeze', named('means'), named('mean squares')),
    step('Mul', [named('mean squares'), named('alpha')], named('weighted')),
    step('Add', [named('weighted'), named('bias')], named('sum')),
    step('Sqrt', [named('sum')], named('root')),
    step('Sqrt', [named('root')], named('fourth root')),
    step('Mul', [named('root'), named('fourth root')], named('divisor')),
    step('Div', [x, named('divisor')], output),
  ];
  return { nodes, constants };
}
