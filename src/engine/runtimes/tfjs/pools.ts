import type * as TfCore from '@tensorflow/tfjs-core';
import { floatAttribute, intAttribute } from '../../../core/graph/attributes';
import { poolingWindow } from '../../../core/ops/pooling';
import { CannotCompute, input, type Call, type Held, type Kernel } from './call';
import { padded, type Maps } from './padded';
import { poolMaxima } from './poolMaxima';

/** Backends round and break ties in their own ways, or lack switches: both outputs are found from the input itself. */
const maxPool: Kernel = (call) => {
  const { tf } = call;
  const x = input(call, 0) as Maps;
  const window = poolingWindow(call.site);
  const { maxima, switches } = poolMaxima(x.dataSync<'float32'>(), x.shape, window);
  const dims = [x.shape[0], window.y.output, window.x.output, x.shape[3]];
  return [tf.tensor(maxima, dims), tf.tensor(switches, dims, 'int32')];
};

/** Divided by the positions that count: those of the input, and of its padding where the model says so. */
const averagePool: Kernel = (call) => {
  const { tf, node, site } = call;
  const x = input(call, 0);
  const window = poolingWindow(site);
  const { y, x: across } = window;
  if (y.dilation !== 1 || across.dilation !== 1) throw new CannotCompute('it is dilated');
  const average = (maps: Maps) =>
    tf.avgPool(maps, [y.kernel, across.kernel], [y.stride, across.stride], 'valid');
  const counts = intAttribute(node, 'count_include_pad', 0) === 1 ? 1 : 0;
  const places = tf.ones<TfCore.Rank.R4>([1, y.input, across.input, 1]);
  return tf.div(average(padded(tf, x, window)), average(padded(tf, places, window, counts)));
};

const normalised: Kernel = (call) => {
  const { tf, node } = call;
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => perMap(call, i)) as [Held, Held, Held, Held];
  const gain = tf.div(scale, tf.sqrt(tf.add(variance, floatAttribute(node, 'epsilon', 1e-5))));
  return tf.add(tf.mul(tf.sub(input(call, 0), mean), gain), shift);
};

const normalisedAlone: Kernel = (call) => {
  const { tf, node } = call;
  const x = input(call, 0);
  const { mean, variance } = tf.moments(x, positions(x), true);
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, floatAttribute(node, 'epsilon', 1e-5))));
  return tf.add(tf.mul(normal, perMap(call, 1)), perMap(call, 2));
};

const scaledImage: Kernel = (call) => {
  const { tf, node } = call;
  const bias = node.attributes.get('bias');
  const shifts = bias?.kind === 'floats' ? bias.value : [0];
  return tf.add(tf.mul(input(call, 0), floatAttribute(node, 'scale', 1)), tf.tensor1d([...shifts]));
};

/** One parameter for each map, so that it is stretched over the values of its map. */
function perMap(call: Call, index: number): Held {
  const { rank } = input(call, 0);
  const parameters = input(call, index);
  return rank === 3 ? call.tf.reshape(parameters, [1, -1, 1]) : parameters;
}

/** Positions are all axes behind the maps, which are last where four axes are held. */
const positions = ({ rank }: Held): number[] =>
  rank === 4 ? [1, 2] : Array.from({ length: rank - 2 }, (_, i) => i + 2);

const contrast: Kernel = (call) => {
  const { tf, node } = call;
  const size = intAttribute(node, 'size', 1);
  if (size % 2 === 0) throw new CannotCompute(`its size ${size} is even`);
  const [scale, power] = [floatAttribute(node, 'alpha', 1e-4), floatAttribute(node, 'beta', 0.75)];
  const bias = floatAttribute(node, 'bias', 1);
  return tf.localResponseNormalization(input(call, 0) as Maps, (size - 1) / 2, bias, scale / size, power);
};

/** Pools and normalisations by name. */
export const pools: Readonly<Record<string, Kernel>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (call) => call.tf.mean(input(call, 0), positions(input(call, 0)), true),
  GlobalMaxPool: (call) => call.tf.max(input(call, 0), positions(input(call, 0)), true),
  BatchNormalization: normalised,
  InstanceNormalization: normalisedAlone,
  ImageScaler: scaledImage,
  LRN: contrast,
};
