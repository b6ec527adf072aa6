import { activate, clip, leakyRelu, softmax } from './activations';
import { concat, globalPool, operand, pad, pool, reshape, transpose } from './blocks';
import { assertRank, float, scalar, vector, text, type Value } from './builder';
import { numberOf, oneOrMore, pairOf, wholeNumbersOf } from './json';
import {
  assertChannelsLast,
  paddingOf,
  pairField,
  refuse,
  type LayerCall,
  type LayerTranslation,
} from './layerCall';
import { floatTensor } from '../../tensor/tensor';

function numberField(call: LayerCall, fallback: number, ...fields: readonly string[]): number {
  const field = fields.find((name) => call.config[name] !== undefined && call.config[name] !== null);
  return field === undefined
    ? fallback
    : numberOf(call.config[field], fallback, `"${field}" of layer "${call.name}"`);
}

const passThrough: LayerTranslation = ({ inputs }) => inputs[0];

const activation: LayerTranslation = ({ builder, inputs, name, kind, config, keras }) =>
  activate(builder, inputs[0], { name, kind }, { activation: config.activation, keras });

/** A maximum, a slope below and a threshold, each of which may be left out. */
const relu: LayerTranslation = (call) => {
  const { builder, inputs, name } = call;
  const [x] = inputs;
  const most = numberField(call, Infinity, 'max_value', 'maxValue');
  const slope = numberField(call, 0, 'negative_slope', 'negativeSlope');
  const threshold = numberField(call, 0, 'threshold');
  if (threshold !== 0 && slope !== 0) refuse(call, 'it has a slope below a threshold other than 0');
  if (threshold !== 0) {
    const attributes = { alpha: float(threshold) };
    const passed = builder.node('ThresholdedRelu', [x], { name: `${name}/threshold`, attributes });
    return most === Infinity ? passed : clip(builder, passed, name, { low: 0, high: most });
  }
  if (slope !== 0) {
    const leaky = leakyRelu(builder, x, most === Infinity ? name : `${name}/leaky`, slope);
    return most === Infinity ? leaky : clip(builder, leaky, name, { low: -Infinity, high: most });
  }
  return most === Infinity
    ? builder.node('Relu', [x], { name })
    : clip(builder, x, name, { low: 0, high: most });
};

const leaky: LayerTranslation = (call) =>
  leakyRelu(call.builder, call.inputs[0], call.name, numberField(call, 0.3, 'negative_slope', 'alpha'));

const elu: LayerTranslation = (call) =>
  call.builder.node('Elu', [call.inputs[0]], {
    name: call.name,
    attributes: { alpha: float(numberField(call, 1, 'alpha')) },
  });

const thresholdedRelu: LayerTranslation = (call) =>
  call.builder.node('ThresholdedRelu', [call.inputs[0]], {
    name: call.name,
    attributes: { alpha: float(numberField(call, 1, 'theta')) },
  });

const softmaxLayer: LayerTranslation = (call) => {
  const [axis, ...others] = wholeNumbersOf(call.config.axis ?? -1, `"axis" of layer "${call.name}"`);
  if (others.length > 0) refuse(call, 'it works over several axes');
  return softmax(call.builder, call.inputs[0], call.name, { op: 'Softmax', axis: axis! });
};

const localPool =
  (op: 'MaxPool' | 'AveragePool'): LayerTranslation =>
  (call) => {
    assertChannelsLast(call);
    const kernel = pairField(call, 'pool_size', [2, 2]);
    const stride = pairField(call, 'strides', kernel);
    const window = { kernel, stride, dilation: [1, 1] as const, padding: paddingOf(call) };
    return pool(call.builder, call.inputs[0], call, { op, window });
  };

const wholePool =
  (op: 'GlobalAveragePool' | 'GlobalMaxPool'): LayerTranslation =>
  (call) => {
    assertChannelsLast(call);
    return globalPool(call.builder, call.inputs[0], call, { op, keep: call.config.keepdims === true });
  };

const flatten: LayerTranslation = ({ builder, inputs, name }) => reshape(builder, inputs[0], name, [0, -1]);

const reshapeLayer: LayerTranslation = ({ builder, inputs, name, config }) => {
  const target = wholeNumbersOf(config.target_shape, `"target_shape" of layer "${name}"`);
  return reshape(builder, inputs[0], name, [0, ...target]);
};

const permute: LayerTranslation = ({ builder, inputs, name, config }) => {
  const order = wholeNumbersOf(config.dims, `"dims" of layer "${name}"`);
  return transpose(builder, inputs[0], name, [0, ...order]);
};

/** Rows and columns before and behind: a number for all, two for rows and columns, or two pairs. */
function margins(
  call: LayerCall,
  field: string,
): readonly [top: number, left: number, bottom: number, right: number] {
  const what = `"${field}" of layer "${call.name}"`;
  const [y, x = y] = oneOrMore(call.config[field] ?? 1);
  const [top, bottom] = pairOf(y, [0, 0], what);
  const [left, right] = pairOf(x, [0, 0], what);
  const all = [top, left, bottom, right] as const;
  return all.every((length) => length >= 0) ? all : refuse(call, `its ${field} is negative`);
}

const zeroPadding: LayerTranslation = (call) => {
  assertChannelsLast(call);
  assertRank(call.inputs[0], 4, call);
  const [top, left, bottom, right] = margins(call, 'padding');
  return pad(call.builder, call.inputs[0], call.name, {
    before: [0, 0, top, left],
    after: [0, 0, bottom, right],
  });
};

const cropping: LayerTranslation = (call) => {
  const { builder, inputs, name } = call;
  assertChannelsLast(call);
  assertRank(inputs[0], 4, call);
  const [top, left, bottom, right] = margins(call, 'cropping');
  const end = (length: number) => (length === 0 ? Number.MAX_SAFE_INTEGER : -length);
  const parameters = [
    vector(builder, `${name}/starts`, [top, left]),
    vector(builder, `${name}/ends`, [end(bottom), end(right)]),
    vector(builder, `${name}/axes`, [2, 3]),
  ];
  return builder.node('Slice', [inputs[0], ...parameters], { name });
};

const upSampling: LayerTranslation = (call) => {
  const { builder, inputs, name } = call;
  assertChannelsLast(call);
  assertRank(inputs[0], 4, call);
  if ((call.config.interpolation ?? 'nearest') !== 'nearest')
    refuse(call, 'its interpolation is not "nearest"');
  const size = pairField(call, 'size', [2, 2]);
  const region = builder.constant(`${name}/roi`, () => floatTensor([0]));
  const scales = builder.constant(`${name}/scales`, () => floatTensor([4], Float32Array.of(1, 1, ...size)));
  return builder.node('Resize', [inputs[0], region, scales], {
    name,
    attributes: {
      mode: text('nearest'),
      coordinate_transformation_mode: text('asymmetric'),
      nearest_mode: text('floor'),
    },
  });
};

/** One operator over two or more tensors of the same axes. */
const merge =
  (op: string): LayerTranslation =>
  (call) => {
    const { builder, name } = call;
    const [first, second, ...others] = mergedInputs(call);
    const named = (index: number) => (index === others.length ? name : `${name}/${index + 1}`);
    return others.reduce(
      (sum, other, i) => builder.node(op, [sum, other], { name: named(i + 1) }),
      builder.node(op, [first, second], { name: named(0) }),
    );
  };

function mergedInputs(call: LayerCall): readonly [Value, Value, ...Value[]] {
  const [first, second, ...others] = call.inputs;
  if (second === undefined) return refuse(call, 'it gets one tensor only');
  if (call.inputs.some(({ rank }) => rank !== first.rank)) {
    refuse(call, 'it merges tensors with different numbers of axes');
  }
  return [first, second, ...others];
}

const average: LayerTranslation = (call) => {
  const { builder, name } = call;
  const inputs = mergedInputs(call);
  const sum = merge('Add')({ ...call, name: `${name}/sum` });
  const share = scalar(builder, `${name}/share`, 1 / inputs.length);
  return builder.node('Mul', [sum, share], { name });
};

const concatenate: LayerTranslation = (call) => {
  const [axis] = wholeNumbersOf(call.config.axis ?? -1, `"axis" of layer "${call.name}"`);
  return concat(call.builder, mergedInputs(call), { name: call.name, axis: axis! });
};

/** x · scale + offset, each a number or one a channel. */
const rescaling: LayerTranslation = (call) => {
  const { builder, name, config, inputs } = call;
  const [x] = inputs;
  const factor = (field: string, fallback: number): Value => {
    const value: unknown = config[field] ?? fallback;
    const numbers = oneOrMore(value).map((entry) =>
      numberOf(entry, fallback, `"${field}" of layer "${name}"`),
    );
    const dims = Array.isArray(value) ? [numbers.length] : [];
    const tensor = floatTensor(dims, Float32Array.from(numbers));
    return operand(builder, { name: `${name}/${field}`, tensor }, x.rank);
  };
  const scaled = builder.node('Mul', [x, factor('scale', 1)], { name: `${name}/scaled` });
  return builder.node('Add', [scaled, factor('offset', 0)], { name });
};

/** What does nothing but in training. */
const trainingOnly = [
  'Dropout', 'SpatialDropout2D', 'GaussianDropout', 'GaussianNoise', 'AlphaDropout', 'ActivityRegularization',
  'RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast', 'RandomBrightness',
]; // prettier-ignore

/** Layers without weights, by Keras' class names. */
export const plainLayers: Readonly<Record<string, LayerTranslation>> = {
  ...Object.fromEntries(trainingOnly.map((name) => [name, passThrough])),
  InputLayer: passThrough,
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leaky,
  ELU: elu,
  ThresholdedReLU: thresholdedRelu,
  Softmax: softmaxLayer,
  MaxPooling2D: localPool('MaxPool'),
  AveragePooling2D: localPool('AveragePool'),
  GlobalAveragePooling2D: wholePool('GlobalAveragePool'),
  GlobalMaxPooling2D: wholePool('GlobalMaxPool'),
  Flatten: flatten,
  Reshape: reshapeLayer,
  Permute: permute,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
  Add: merge('Add'),
  Subtract: merge('Sub'),
  Multiply: merge('Mul'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Average: average,
  Concatenate: concatenate,
  Rescaling: rescaling,
};
