import { activate } from './activations';
import { batchNorm, convolution, dense, filled, operand, transposedConvolution } from './blocks';
import type { Value } from './builder';
import { numberOf, normalizedAxis, wholeNumbersOf } from './json';
import {
  assertChannelsLast,
  optionalWeight,
  paddingOf,
  pairField,
  refuse,
  requiredWeight,
  type LayerCall,
  type LayerTranslation,
} from './layerCall';
import { parametersFromHwc } from './nhwc';
import { floatTensor, toFloat32, type Tensor } from '../../tensor/tensor';

function windowOf(call: LayerCall) {
  assertChannelsLast(call);
  return {
    stride: pairField(call, 'strides', [1, 1]),
    dilation: pairField(call, 'dilation_rate', [1, 1]),
    padding: paddingOf(call),
  };
}

/** The activation that a layer has built in, as a node of its own. */
function activated(call: LayerCall, x: Value): Value {
  const { builder, config, keras, name, kind } = call;
  const written = typeof config.activation === 'string' ? config.activation : 'activation';
  return activate(builder, x, { name: `${name}/${written}`, kind }, { activation: config.activation, keras });
}

const conv2d: LayerTranslation = (call) => {
  const x = convolution(call.builder, call.inputs[0], call, {
    ...windowOf(call),
    kernel: requiredWeight(call, 'kernel'),
    bias: optionalWeight(call, 'bias'),
    groups: numberOf(call.config.groups, 1, `"groups" of layer "${call.name}"`),
  });
  return activated(call, x);
};

const depthwiseConv2d: LayerTranslation = (call) => {
  const x = convolution(call.builder, call.inputs[0], call, {
    ...windowOf(call),
    kernel: requiredWeight(call, 'depthwise_kernel', 'kernel'),
    bias: optionalWeight(call, 'bias'),
    depthwise: true,
  });
  return activated(call, x);
};

const separableConv2d: LayerTranslation = (call) => {
  const { builder, inputs, name, kind } = call;
  const spatial = convolution(
    builder,
    inputs[0],
    { name: `${name}/depthwise`, kind },
    { ...windowOf(call), kernel: requiredWeight(call, 'depthwise_kernel'), depthwise: true },
  );
  const mixed = convolution(builder, spatial, call, {
    stride: [1, 1],
    dilation: [1, 1],
    padding: 'valid',
    kernel: requiredWeight(call, 'pointwise_kernel'),
    bias: optionalWeight(call, 'bias'),
  });
  return activated(call, mixed);
};

const conv2dTranspose: LayerTranslation = (call) => {
  if (call.config.output_padding !== undefined && call.config.output_padding !== null) {
    refuse(call, 'it has an output_padding of its own');
  }
  const x = transposedConvolution(call.builder, call.inputs[0], call, {
    ...windowOf(call),
    kernel: requiredWeight(call, 'kernel'),
    bias: optionalWeight(call, 'bias'),
  });
  return activated(call, x);
};

const denseLayer: LayerTranslation = (call) => {
  const x = dense(call.builder, call.inputs[0], call, {
    kernel: requiredWeight(call, 'kernel'),
    bias: optionalWeight(call, 'bias'),
  });
  return activated(call, x);
};

const batchNormalization: LayerTranslation = (call) => {
  const [x] = call.inputs;
  const field = `"axis" of layer "${call.name}"`;
  const axes = wholeNumbersOf(call.config.axis ?? -1, field).map((axis) => normalizedAxis(axis, x.rank));
  if (axes.length !== 1 || axes[0] !== x.rank - 1) refuse(call, 'it normalises another axis than the last');
  const mean = requiredWeight(call, 'moving_mean');
  const maps = mean.tensor.data.length;
  return batchNorm(call.builder, x, call, {
    mean,
    variance: requiredWeight(call, 'moving_variance'),
    scale: optionalWeight(call, 'gamma') ?? filled(`${call.name}/gamma`, maps, 1),
    shift: optionalWeight(call, 'beta') ?? filled(`${call.name}/beta`, maps, 0),
    epsilon: numberOf(call.config.epsilon, 1e-3, `"epsilon" of layer "${call.name}"`),
  });
};

const pRelu: LayerTranslation = (call) => {
  const alpha = requiredWeight(call, 'alpha');
  const slope = call.builder.constant(alpha.name, () => parametersFromHwc(alpha.tensor));
  return call.builder.node('PRelu', [call.inputs[0], slope], { name: call.name });
};

/** (x − mean) / √variance over the last axis, with values that were measured before training. */
const normalization: LayerTranslation = (call) => {
  const { builder, config, name, inputs } = call;
  const [x] = inputs;
  const mean = flat(optionalWeight(call, 'mean')?.tensor ?? listed(call, config.mean, 'mean'));
  const variance = flat(
    optionalWeight(call, 'variance')?.tensor ?? listed(call, config.variance, 'variance'),
  );
  // Keras' least deviation.
  const deviation = floatTensor(variance.dims, variance.data.map((value) => Math.max(Math.sqrt(value), 1e-7))); // prettier-ignore
  const forward = config.invert !== true;
  const centre = operand(builder, { name: `${name}/mean`, tensor: mean }, x.rank);
  const spread = operand(builder, { name: `${name}/deviation`, tensor: deviation }, x.rank);
  const first = builder.node(forward ? 'Sub' : 'Mul', [x, forward ? centre : spread], {
    name: `${name}/shifted`,
  });
  return builder.node(forward ? 'Div' : 'Add', [first, forward ? spread : centre], { name });
};

function listed(call: LayerCall, value: unknown, field: string): Tensor {
  const numbers: readonly unknown[] = Array.isArray(value) ? value.flat(4) : [value];
  if (!numbers.every((entry) => typeof entry === 'number')) refuse(call, `its ${field} is not in the model`);
  return floatTensor([numbers.length], Float32Array.from(numbers));
}

function flat(tensor: Tensor) {
  return floatTensor([tensor.data.length], toFloat32(tensor));
}

/** Layers that learn or measure something, by Keras' class names. */
export const layersWithWeights: Readonly<Record<string, LayerTranslation>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: denseLayer,
  BatchNormalization: batchNormalization,
  PReLU: pRelu,
  Normalization: normalization,
};
