import type { Graph, Value as GraphValue } from '../../graph/graph';
import { metadataKeys } from '../onnx/metadata';
import type { Weight } from './blocks';
import { createBuilder, type Builder, type Value } from './builder';
import { fieldsOf, isFields, listOf, nameOf, oneOrMore, type Fields } from './json';
import type { LayerTranslation } from './layerCall';
import { isModel, outputKey, outputKeys, planLayers, type LayerSpec, type PlannedCall } from './layerCalls';
import { layersWithWeights } from './layersWithWeights';
import { perAxisFromNhwc } from './nhwc';
import { plainLayers } from './plainLayers';
import type { Weights } from './weights';
import { badModelDescription, unsupportedLayer } from './refusals';

/** The operator set that the nodes are written for. */
export const TFJS_OPSET = 17;

/** Models within models beyond this are a file made to break programs. */
const MOST_NESTED_MODELS = 32;

const translations: Readonly<Record<string, LayerTranslation>> = { ...plainLayers, ...layersWithWeights };

interface Context {
  readonly builder: Builder;
  readonly weights: Weights;
  readonly keras: number;
  readonly depth: number;
  /** Names of the models around, outermost first. */
  readonly path: readonly string[];
}

/**
 * A layers model, Keras' topology with weights by layer, as a graph. Nodes carry the names of the layers; a layer that is used
 * again, or lies in a nested model, gets a number or the model's name. A layer that is not known is a `UserError`: no
 * runtime could compute it either.
 */
export function layersGraph(topology: Fields, weights: Weights): Graph {
  const description = fieldsOf(topology.model_config ?? topology, 'the model');
  const kind = nameOf(description.class_name, 'the class of the model');
  if (!isModel(kind)) throw badModelDescription(`its class is ${kind}`);
  const version = typeof topology.keras_version === 'string' ? topology.keras_version : '';
  const builder = createBuilder();
  const context: Context = { builder, weights, keras: Number.parseInt(version, 10) || 2, depth: 0, path: [] };
  const inputs = declaredInputs(kind, description.config);
  for (const { name } of inputs) builder.reserve(name);
  const outputs = translateModel(
    kind,
    description.config,
    inputs.map(({ name, shape }) => ({ name, rank: shape?.length ?? 0 })),
    context,
  );
  return {
    name:
      isFields(description.config) && typeof description.config.name === 'string'
        ? description.config.name
        : '',
    opset: TFJS_OPSET,
    domains: new Map(),
    inputs,
    outputs: outputs.map(({ name }) => ({ name, type: 'float32', shape: null })),
    nodes: builder.nodes,
    constants: builder.constants,
    metadata: new Map([[metadataKeys.producerName, `keras ${version}`.trim()]]),
  };
}

/** The inputs of the outermost model with their shapes, in the order of the plan. */
function declaredInputs(kind: string, config: unknown): GraphValue[] {
  const layers = listOf(isFields(config) ? config.layers : config, 'the list of layers');
  const plan = planLayers(kind, config);
  return plan.inputs.map((key) => {
    const declared = layers
      .map((layer) => fieldsOf(layer, 'a layer'))
      .find((layer, i) => (kind === 'Sequential' ? i === 0 : isNamed(layer, key)));
    return declaredInput(declared, config);
  });
}

function isNamed(layer: Fields, key: string): boolean {
  const name = layer.name ?? (isFields(layer.config) ? layer.config.name : undefined);
  return typeof name === 'string' && outputKey(name, 0, 0) === key;
}

function declaredInput(layer: Fields | undefined, model: unknown): GraphValue {
  const config = isFields(layer?.config) ? layer.config : {};
  const built: unknown = isFields(model) ? model.build_input_shape : undefined;
  const shape: unknown = config.batch_input_shape ?? config.batch_shape ?? nestedShape(layer) ?? built;
  if (shape === undefined || shape === null)
    throw badModelDescription('it does not give the shape of its input');
  const dims = listOf(shape, 'the shape of the input').map((dim) => {
    if (dim === null) return null;
    if (Number.isSafeInteger(dim)) return Number(dim) < 0 ? null : Number(dim);
    throw badModelDescription('the shape of its input has lengths that are no numbers');
  });
  const name = typeof config.name === 'string' && layer?.class_name === 'InputLayer' ? config.name : 'input';
  return { name, type: 'float32', shape: perAxisFromNhwc(dims) };
}

/** A model that begins with another one takes what that one takes. */
function nestedShape(layer: Fields | undefined): unknown {
  if (layer === undefined || !isModel(String(layer.class_name))) return undefined;
  const config = isFields(layer.config) ? layer.config : { layers: layer.config };
  const [first] = oneOrMore(config.layers);
  const inner = isFields(first) && isFields(first.config) ? first.config : {};
  return inner.batch_input_shape ?? inner.batch_shape;
}

function translateModel(kind: string, config: unknown, inputs: readonly Value[], context: Context): Value[] {
  if (context.depth > MOST_NESTED_MODELS) throw badModelDescription('its models are nested too deep');
  const plan = planLayers(kind, config);
  const values = new Map<string, Value>();
  plan.inputs.forEach((key, i) => {
    const value = inputs[i];
    if (value === undefined) throw badModelDescription(`a nested model gets ${inputs.length} inputs`);
    values.set(key, value);
  });
  const valueOf = (key: string): Value => {
    const value = values.get(key);
    if (value === undefined) throw badModelDescription(`nothing in it makes "${key}"`);
    return value;
  };
  for (const call of plan.calls) {
    const results = translateCall(call, call.inputs.map(valueOf), context);
    results.forEach((value, output) => {
      for (const key of outputKeys(call, output)) values.set(key, value);
    });
  }
  return plan.outputs.map(valueOf);
}

function translateCall({ layer, index }: PlannedCall, inputs: readonly Value[], context: Context): Value[] {
  const { builder, path, depth, keras } = context;
  const { kind, config } = layer;
  if (isModel(kind)) {
    return translateModel(kind, config, inputs, {
      ...context,
      depth: depth + 1,
      path: [...path, layer.name],
    });
  }
  const name = [...path, layer.name].join('/') + (index === 0 ? '' : ` (${index + 1})`);
  const translate = Object.hasOwn(translations, kind) ? translations[kind] : undefined;
  if (translate === undefined) throw unsupportedLayer(name, kind, 'layers of this class are not known');
  const [first, ...others] = inputs;
  if (first === undefined) throw badModelDescription(`nothing goes into layer "${name}"`);
  const weight = (key: string) => weightOf(context, layer, key);
  return [translate({ builder, config, keras, name, kind, weight, inputs: [first, ...others] })];
}

/**
 * Weights are called after the layer; around that name there may be those of models, and behind it that of a part. Where
 * several fit, the one with the models' names wins.
 */
function weightOf({ weights, path }: Context, { name }: LayerSpec, key: string): Weight | undefined {
  const spellings = path.map((_, i) => [...path.slice(i), name, key].join('/'));
  const exact = [...spellings, `${name}/${key}`].find((spelling) => weights.names.has(spelling));
  const found = exact ?? [...weights.names].find((written) => isWeightOf(written, name, key));
  return found === undefined ? undefined : { name: found, tensor: weights.get(found) };
}

function isWeightOf(written: string, layer: string, key: string): boolean {
  const segments = written.split('/');
  return segments.at(-1) === key && (segments.at(-2) === layer || segments.at(-3) === layer);
}
