import { badTensorData } from '../../errors';
import type { Named, Weight } from './blocks';
import type { Builder, Value } from './builder';
import { pairOf, type Fields } from './json';
import { unsupportedLayer } from './refusals';

/** One use of a layer: what its translation reads. */
export interface LayerCall extends Named {
  readonly builder: Builder;
  readonly config: Fields;
  /** At least one. */
  readonly inputs: readonly [Value, ...Value[]];
  /** The major version of Keras that wrote the model. */
  readonly keras: number;
  /** A weight by the name Keras gives it in the layer, `undefined` where the model has none. */
  readonly weight: (key: string) => Weight | undefined;
}

/** Writes the nodes of one use of a layer and returns its output. */
export type LayerTranslation = (call: LayerCall) => Value;

/** A weight the layer cannot do without, as float32. */
export function requiredWeight(call: LayerCall, ...keys: readonly string[]): Weight {
  for (const key of keys) {
    const weight = call.weight(key);
    if (weight) return floatWeight(weight);
  }
  throw unsupportedLayer(call.name, call.kind, `its weights "${keys[0]}" are not in the manifest`);
}

/** A weight that a layer may be without. */
export function optionalWeight(call: LayerCall, key: string): Weight | undefined {
  const weight = call.weight(key);
  return weight && floatWeight(weight);
}

function floatWeight(weight: Weight): Weight {
  if (weight.tensor.type === 'float32') return weight;
  throw badTensorData(weight.name, `they are of type ${weight.tensor.type} instead of float32`);
}

/** Refuses what a layer is asked for beyond what is translated. */
export function refuse(call: LayerCall, reason: string): never {
  throw unsupportedLayer(call.name, call.kind, reason);
}

/** Refuses channels in front, which no browser computes with and Keras' converter does not write. */
export function assertChannelsLast(call: LayerCall): void {
  const format = call.config.data_format;
  if (format === undefined || format === null || format === 'channels_last') return;
  refuse(call, 'its data_format is not "channels_last"');
}

export function paddingOf(call: LayerCall): 'same' | 'valid' {
  const { padding = 'valid' } = call.config;
  const name = typeof padding === 'string' ? padding.toLowerCase() : '';
  if (name !== 'same' && name !== 'valid') return refuse(call, 'its padding is neither "same" nor "valid"');
  return name;
}

/** Two whole numbers from 1, rows before columns. */
export function pairField(
  call: LayerCall,
  field: string,
  fallback: readonly [number, number],
): readonly [y: number, x: number] {
  const pair = pairOf(call.config[field], fallback, `"${field}" of layer "${call.name}"`);
  return pair.every((length) => length >= 1) ? pair : refuse(call, `its ${field} is [${pair.join(', ')}]`);
}
