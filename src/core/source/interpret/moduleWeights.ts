import type { ArgumentName } from '../definition';
import { shapeOfArguments } from '../libraries/argumentsOfShape';
import type { BuiltLayer } from '../libraries/layerSpec';
import { weightAxes } from '../libraries/torch';
import type { TensorValue } from '../tensorValue';
import { foundFor } from './reshapedTensors';
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
    const lender = layer && foundFor(layer.weights, (held) => lenders.get(held));
    if (!layer || !lender?.layer) return object;
    lending.add(lender);
    // The weights of a fully connected layer may be those of a convolution in another shape: then the call is what makes the layer.
    return lender.layer.spec.kind === layer.spec.kind
      ? { ...object, layer: lent(lender.layer, layer) }
      : object;
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
  // In another shape the numbers of the module's line are not those of the layer.
  const told = call.weights?.origin ? [] : ofWeights;
  const held = Object.entries(literals).filter(([argument]) => told.includes(argument as ArgumentName));
  return {
    ...call,
    callee,
    place,
    literals: Object.fromEntries(held),
    notes: [...notes, ...call.notes],
  };
}
