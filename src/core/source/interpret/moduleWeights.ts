import type { ArgumentName } from '../definition';
import { shapeOfArguments } from '../libraries/argumentsOfShape';
import type { BuiltLayer } from '../libraries/layerSpec';
import { weightAxes } from '../libraries/torch';
import type { TensorValue } from '../tensorValue';
import { isKind, type ObjectValue } from './values';

const weighted = ['convolution', 'transposedConvolution', 'dense'];

/** Makes an object the layer. Modules of PyTorch hold their weights as `weight`, for functions that are passed them. */
export function becomeLayer(object: ObjectValue, layer: BuiltLayer): void {
  object.layer = layer;
  const { spec } = layer;
  if (spec.library !== 'torch' || spec.weights || !weighted.includes(spec.kind)) return;
  const shape = shapeOfArguments(weightAxes(spec), layer.arguments);
  object.attributes.set('weight', { kind: 'tensor', shape, values: null });
}

/**
 * Layers with `F.conv2d(x, self.conv.weight, stride=2)` as uses of `self.conv`: its line defines the weights, the call says the rest. A
 * module that lends its weights is a layer itself only where it is `called` besides.
 */
export function withLenders(
  layers: readonly ObjectValue[],
  called: ReadonlySet<ObjectValue>,
): readonly ObjectValue[] {
  const lenders = lendersOf(layers);
  const lending = new Set<ObjectValue>();
  const all = layers.map((object): ObjectValue => {
    const { layer } = object;
    const lender = layer?.weights ? lenders.get(layer.weights) : undefined;
    if (!layer || !lender?.layer || lender.layer.spec.kind !== layer.spec.kind) return object;
    lending.add(lender);
    return { ...object, layer: lent(lender.layer, layer) };
  });
  return all.filter((object) => !lending.has(object) || called.has(object));
}

function lendersOf(layers: readonly ObjectValue[]): Map<TensorValue, ObjectValue> {
  const lenders = new Map<TensorValue, ObjectValue>();
  for (const object of layers) {
    const weight = object.attributes.get('weight');
    if (isKind(weight, 'tensor') && !lenders.has(weight)) lenders.set(weight, object);
  }
  return lenders;
}

const ofWeights: readonly ArgumentName[] = ['inChannels', 'outChannels', 'kernel'];

function lent({ callee, place, literals, notes }: BuiltLayer, call: BuiltLayer): BuiltLayer {
  const held = Object.entries(literals).filter(([argument]) => ofWeights.includes(argument as ArgumentName));
  return {
    ...call,
    callee,
    place,
    literals: Object.fromEntries(held),
    notes: [...notes, ...call.notes],
  };
}
