import type { LayerKind } from '../definition';
import { sameFor, type LayerSpec, type WeightAxis } from './layerSpec';

const convolutionMeaning = {
  inChannels: 'in_channels',
  outChannels: 'out_channels',
  kernel: 'kernel_size',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  groups: 'groups',
};
const convolutionFallbacks = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;

function convolution(parameters: readonly string[], axes: LayerSpec['axes'], kind: LayerKind): LayerSpec {
  const meaning = convolutionMeaning;
  return { kind, library: 'torch', parameters, meaning, fallbacks: convolutionFallbacks, axes };
}

function dense(parameters: readonly string[]): LayerSpec {
  const meaning = { inChannels: 'in_features', outChannels: 'out_features' };
  return { kind: 'dense', library: 'torch', parameters, meaning, fallbacks: {}, axes: 2 };
}

function pooling(parameters: readonly string[]): LayerSpec {
  const meaning = { kernel: 'kernel_size', stride: 'stride', padding: 'padding', dilation: 'dilation' };
  return { kind: 'pooling', library: 'torch', parameters, meaning, fallbacks: { padding: [0, 0] }, axes: 2 };
}

function plain(kind: LayerKind, parameters: readonly string[] = []): LayerSpec {
  const meaning = parameters.includes('num_features') ? { inChannels: 'num_features' } : {};
  return { kind, library: 'torch', parameters, meaning, fallbacks: {}, axes: 2 };
}

const forward = ['in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'dilation', 'groups'];
const backward = [
  'in_channels',
  'out_channels',
  'kernel_size',
  'stride',
  'padding',
  'output_padding',
  'groups',
  'bias',
  'dilation',
];
const window = ['kernel_size', 'stride', 'padding', 'dilation'];

/** Modules of `torch.nn`, by name. */
export const torchModules: Readonly<Record<string, LayerSpec>> = {
  Conv2d: convolution(forward, 2, 'convolution'),
  Conv1d: convolution(forward, 1, 'convolution'),
  // A lazy layer learns from its input how many channels go in.
  LazyConv2d: convolution(forward.slice(1), 2, 'convolution'),
  LazyConv1d: convolution(forward.slice(1), 1, 'convolution'),
  ConvTranspose2d: convolution(backward, 2, 'transposedConvolution'),
  LazyConvTranspose2d: convolution(backward.slice(1), 2, 'transposedConvolution'),
  Linear: dense(['in_features', 'out_features']),
  LazyLinear: dense(['out_features']),
  ...sameFor(['MaxPool2d', 'AvgPool2d', 'LPPool2d'], pooling(window)),
  ...sameFor(['AdaptiveAvgPool2d', 'AdaptiveMaxPool2d'], plain('pooling')),
  ...sameFor(['BatchNorm2d', 'SyncBatchNorm', 'InstanceNorm2d'], plain('normalization', ['num_features'])),
  ...sameFor(['LazyBatchNorm2d', 'LocalResponseNorm', 'GroupNorm', 'LayerNorm'], plain('normalization')),
  ...sameFor(
    ['ReLU', 'ReLU6', 'LeakyReLU', 'PReLU', 'ELU', 'SELU', 'CELU', 'SiLU', 'GELU', 'Mish', 'Hardswish'],
    plain('activation'),
  ),
  ...sameFor(['Hardsigmoid', 'Sigmoid', 'Tanh', 'Softplus', 'Softmax', 'LogSoftmax'], plain('activation')),
};

/** What the axes of a layer's weights are. */
export function weightAxes({ kind, axes }: Pick<LayerSpec, 'kind' | 'axes'>): readonly WeightAxis[] {
  const channels: readonly WeightAxis[] =
    kind === 'transposedConvolution' ? ['inChannels', 'outChannels'] : ['outChannels', 'inChannels'];
  if (kind === 'dense') return channels;
  return axes === 1 ? [...channels, 'width'] : [...channels, 'height', 'width'];
}

/** A function that is passed its weights behind its input. */
function overWeights(spec: LayerSpec, parameters: readonly string[]): LayerSpec {
  const meaning = Object.fromEntries(
    parameters.filter((name) => name !== 'output_padding').map((name) => [name, name]),
  );
  return {
    ...spec,
    meaning,
    parameters: ['input', 'weight', 'bias', ...parameters],
    weights: { parameter: 'weight', axes: weightAxes(spec) },
  };
}

/** Functions of `torch.nn.functional` and `torch`; their first argument is the input. */
export const torchFunctions: Readonly<Record<string, LayerSpec>> = {
  conv2d: overWeights(convolution([], 2, 'convolution'), forward.slice(3)),
  conv1d: overWeights(convolution([], 1, 'convolution'), forward.slice(3)),
  conv_transpose2d: overWeights(convolution([], 2, 'transposedConvolution'), [
    'stride',
    'padding',
    'output_padding',
    'groups',
    'dilation',
  ]),
  linear: overWeights(dense([]), []),
  ...sameFor(['max_pool2d', 'avg_pool2d'], pooling(['', ...window])),
  ...sameFor(['adaptive_avg_pool2d', 'adaptive_max_pool2d'], plain('pooling')),
  ...sameFor(['relu', 'relu6', 'leaky_relu', 'elu', 'selu', 'silu', 'gelu', 'mish'], plain('activation')),
  ...sameFor(['hardswish', 'sigmoid', 'tanh', 'softmax', 'log_softmax'], plain('activation')),
  ...sameFor(['batch_norm', 'local_response_norm', 'group_norm'], plain('normalization')),
};
