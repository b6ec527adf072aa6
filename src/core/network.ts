import { fixedBatch, invalidInputSize, noImageInput } from './errors';
import { findClassifier, type Classifier } from './graph/classifier';
import type { Graph, GraphNode, Value } from './graph/graph';
import { findLayers, type Layer } from './graph/layers';
import { resolveGraph, type ResolvedGraph } from './graph/resolve';
import { withMapsFirst } from './rewrite/mapsFirst';
import { recognise } from './rewrite/recognise';
import type { Dims } from './tensor/tensor';

/** A model opened for one input size: its graph, all shapes, its layers. Readonly and free of any runtime. */
export interface Network {
  readonly resolved: ResolvedGraph;
  readonly input: NetworkInput;
  /** Layers in network order. */
  readonly layers: readonly Layer[];
  /** What turns features into class scores; `null` when the model is no classifier. */
  readonly classifier: Classifier | null;
  /** The node that makes a tensor. */
  readonly producers: ReadonlyMap<string, GraphNode>;
  /** Outputs of operators this project does not know, whose shapes must be measured before layers behind them count. */
  readonly unmeasured: readonly string[];
}

/** The input that images are fed to. */
export interface NetworkInput {
  readonly name: string;
  readonly dims: readonly [batch: number, channels: number, height: number, width: number];
}

/** What the file of a model may leave open. */
export interface OpenOptions {
  /** Height and width where the model leaves them open; a model of fixed size refuses any other. */
  readonly inputSize?: readonly [height: number, width: number] | undefined;
  /** Images per forward pass, 1 where left out; a model of a fixed batch refuses any other. */
  readonly batch?: number;
  /** Shapes of `Network.unmeasured`, found by running the model. */
  readonly measured?: ReadonlyMap<string, Dims>;
}

/** Height and width where neither the model nor the caller says. */
const defaultSize = 224;

/**
 * Finds the image input, infers every shape and lists the layers. Throws a `UserError` where the model has no image
 * input or does not take the size or batch asked for. Operators that are not known are no error here: they matter
 * only on the path of a projection.
 */
export function openNetwork(graph: Graph, options: OpenOptions = {}): Network {
  const value = imageInput(graph);
  const input: NetworkInput = { name: value.name, dims: inputDims(value, options) };
  const inputs = new Map<string, Dims>([[input.name, input.dims]]);
  const { graph: looked, turned } = recognise(graph);
  const analysed = resolveGraph(looked, {
    inputs,
    ...(options.measured && { measured: options.measured }),
  });
  const resolved = { ...analysed, graph: withMapsFirst(graph, turned) };
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes)
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  return {
    resolved,
    input,
    layers: findLayers(resolved),
    classifier: findClassifier(resolved, producers),
    producers,
    unmeasured: unmeasuredOutputs(resolved),
  };
}

/** The one input, with four axes and 1 or 3 channels; models with further inputs cannot be fed by a picture alone. */
function imageInput(graph: Graph): Value {
  const [only, ...others] = graph.inputs;
  if (only === undefined || others.length > 0) {
    throw noImageInput(graph.inputs.length === 0 ? 'no inputs' : `${graph.inputs.length} inputs`);
  }
  const { shape } = only;
  const described = shape === null ? 'no declared shape' : `shape [${shape.map((d) => d ?? '?').join(', ')}]`;
  if (only.type !== 'float32') throw noImageInput(`an input "${only.name}" of type ${only.type}`);
  if (shape?.length !== 4) throw noImageInput(`an input "${only.name}" with ${described}`);
  const channels = shape[1];
  if (typeof channels === 'number' && channels !== 1 && channels !== 3) {
    throw noImageInput(`an input "${only.name}" with ${described}`);
  }
  return only;
}

function inputDims(value: Value, options: OpenOptions): NetworkInput['dims'] {
  const [declaredBatch, channels, height, width] = value.shape!;
  const { batch = 1 } = options;
  const [wantedHeight, wantedWidth] = options.inputSize ?? [];
  const size = [
    axisLength(height!, wantedHeight),
    axisLength(width!, wantedWidth),
  ] as const; // prettier-ignore
  if (size.some((length) => length < 1)) throw noImageInput(`an input of ${size.join(' × ')} pixels`);
  if (options.inputSize && (size[0] !== wantedHeight || size[1] !== wantedWidth)) {
    throw invalidInputSize(size, options.inputSize);
  }
  if (typeof declaredBatch === 'number' && declaredBatch !== batch) {
    throw fixedBatch(value.name, declaredBatch, batch);
  }
  return [batch, typeof channels === 'number' ? channels : 3, size[0], size[1]];
}

function axisLength(declared: number | string | null, wanted: number | undefined): number {
  return typeof declared === 'number' ? declared : (wanted ?? defaultSize);
}

function unmeasuredOutputs({ nodes, shapes }: ResolvedGraph): string[] {
  return nodes.flatMap((node) => {
    const reachable = node.inputs.every((name) => name === '' || shapes.has(name));
    return reachable ? node.outputs.filter((output) => output !== '' && !shapes.has(output)) : [];
  });
}
