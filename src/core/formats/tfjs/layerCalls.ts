import type { GraphNode } from '../../graph/graph';
import { topologicalOrder } from '../onnx/topology';
import { fieldsOf, isFields, listOf, nameOf, type Fields } from './json';
import { badModelDescription } from './refusals';

/** A layer as the file describes it. */
export interface LayerSpec {
  readonly name: string;
  /** Keras' class. */
  readonly kind: string;
  readonly config: Fields;
}

/** One use of a layer. A layer that is used twice has the same weights at two places. */
export interface PlannedCall {
  readonly layer: LayerSpec;
  /** Counts the uses of the layer. */
  readonly index: number;
  /** Tensors it reads, by the keys of `outputKey`. */
  readonly inputs: readonly string[];
}

/** A model of layers, in an order in which they can be computed. */
export interface LayerPlan {
  readonly calls: readonly PlannedCall[];
  /** Keys of the tensors that come in and go out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Deeper than any list of a model that a program wrote. */
const MOST_NESTED_LISTS = 16;

/** The key of one output of one use of a layer. */
export function outputKey(layer: string, call: number, output: number): string {
  return `${layer}:${call}:${output}`;
}

/**
 * The keys that stand for one output of a call. A model counts its own definition as its first use, so that its uses as a
 * layer begin with 1; old files begin with 0.
 */
export function outputKeys({ layer, index }: PlannedCall, output: number): readonly string[] {
  if (!isModel(layer.kind)) return [outputKey(layer.name, index, output)];
  const later = outputKey(layer.name, index + 1, output);
  return index === 0 ? [later, outputKey(layer.name, 0, output)] : [later];
}

/** Whether a class is a model in its own right: it may be a layer of another one. */
export function isModel(kind: string): boolean {
  return kind === 'Sequential' || kind === 'Model' || kind === 'Functional';
}

/** The layers of a model and how they are connected, as Keras 2 and Keras 3 spell it. */
export function planLayers(kind: string, config: unknown): LayerPlan {
  const listed = isFields(config) ? config.layers : config;
  const described = listOf(listed, 'the list of layers').map((layer) => fieldsOf(layer, 'a layer'));
  if (described.length === 0) throw badModelDescription('it has no layers');
  const specs = described.map(layerSpec);
  return kind === 'Sequential'
    ? planChain(specs)
    : planGraph(specs, described, fieldsOf(config, 'the configuration of the model'));
}

function layerSpec(layer: Fields): LayerSpec {
  const kind = nameOf(layer.class_name, 'the class of a layer');
  // A Sequential model of old has its layers where others have their configuration.
  const config = isFields(layer.config) ? layer.config : { layers: layer.config };
  return { kind, config, name: nameOf(layer.name ?? config.name, `the name of a ${kind} layer`) };
}

/** Layers one after the other. Those before the first that computes may be an InputLayer, or none. */
function planChain(specs: readonly LayerSpec[]): LayerPlan {
  const first = specs[0]!;
  const input = first.kind === 'InputLayer' ? outputKey(first.name, 0, 0) : 'input';
  const calls: PlannedCall[] = [];
  let previous = input;
  for (const layer of first.kind === 'InputLayer' ? specs.slice(1) : specs) {
    calls.push({ layer, index: 0, inputs: [previous] });
    previous = outputKey(layer.name, 0, 0);
  }
  return { calls, inputs: [input], outputs: [previous] };
}

function planGraph(specs: readonly LayerSpec[], described: readonly Fields[], config: Fields): LayerPlan {
  const calls = specs.flatMap((layer, i) => {
    const uses = listOf(described[i]!.inbound_nodes ?? [], `the connections of layer "${layer.name}"`);
    return uses.map((use, index) => ({ layer, index, inputs: tensorsOf(use, layer.name) }));
  });
  const inputs = endsOf(config.input_layers, 'inputs');
  const outputs = endsOf(config.output_layers, 'outputs');
  const computing = calls.filter(({ layer }) => layer.kind !== 'InputLayer');
  return { calls: ordered(computing, inputs), inputs, outputs };
}

function ordered(calls: readonly PlannedCall[], inputs: readonly string[]): PlannedCall[] {
  const byNode = new Map(calls.map((call) => [asNode(call), call] as const));
  const nodes = topologicalOrder({
    nodes: [...byNode.keys()],
    given: new Set(inputs),
    captures: new Map(),
  });
  return nodes.map((node) => byNode.get(node)!);
}

function asNode(call: PlannedCall): GraphNode {
  const { layer, inputs } = call;
  const results = isModel(layer.kind)
    ? endsOf(layer.config.output_layers ?? [[layer.name]], 'outputs')
    : [''];
  return {
    name: layer.name,
    op: layer.kind,
    domain: '',
    inputs,
    outputs: results.flatMap((_, output) => outputKeys(call, output)),
    attributes: new Map(),
  };
}

/** `[["input_1", 0, 0]]`, or the one entry alone as Keras 3 writes it. */
function endsOf(value: unknown, what: string): string[] {
  const list = listOf(value, `the list of ${what}`);
  const ends = typeof list[0] === 'string' ? [list] : list;
  if (ends.length === 0) throw badModelDescription(`it has no ${what}`);
  return ends.map((end) => referenceOf(listOf(end, `one of the ${what}`), what));
}

function referenceOf([layer, call = 0, output = 0]: readonly unknown[], what: string): string {
  return outputKey(nameOf(layer, `a layer among the ${what}`), Number(call), Number(output));
}

/** The tensors that one use of a layer reads: `[["conv", 0, 0, {}], …]` in Keras 2, arguments with histories in Keras 3. */
function tensorsOf(use: unknown, layer: string): string[] {
  const what = `connections of layer "${layer}"`;
  if (isFields(use)) return historiesIn([use.args, use.kwargs], what, 0);
  const list = listOf(use, what);
  const references = typeof list[0] === 'string' ? [list] : list;
  return references.map((reference) => referenceOf(listOf(reference, what), what));
}

function historiesIn(value: unknown, what: string, depth: number): string[] {
  if (depth > MOST_NESTED_LISTS) throw badModelDescription(`the ${what} are nested too deep`);
  if (Array.isArray(value)) return value.flatMap((entry) => historiesIn(entry, what, depth + 1));
  if (!isFields(value)) return [];
  if (value.class_name !== '__keras_tensor__') return historiesIn(Object.values(value), what, depth + 1);
  const { keras_history: history } = fieldsOf(value.config, `a tensor of the ${what}`);
  return [referenceOf(listOf(history, what), what)];
}
