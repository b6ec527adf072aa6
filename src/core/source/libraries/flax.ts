import type { LayerKind } from '../definition';
import type { LayerSpec } from './layerSpec';

const sliding = ['features', 'kernel_size', 'strides', 'padding', 'input_dilation', 'kernel_dilation'];

function convolution(kind: LayerKind): LayerSpec {
  return {
    kind,
    library: 'flax',
    parameters: sliding,
    meaning: {
      outChannels: 'features',
      kernel: 'kernel_size',
      stride: 'strides',
      padding: 'padding',
      dilation: 'kernel_dilation',
      groups: 'feature_group_count',
    },
    fallbacks: { stride: [1, 1], padding: 'same', dilation: [1, 1] },
    axes: 2,
  };
}

function pooling(): LayerSpec {
  return {
    kind: 'pooling',
    library: 'flax',
    parameters: ['', 'window_shape', 'strides', 'padding'],
    meaning: { kernel: 'window_shape', stride: 'strides', padding: 'padding' },
    fallbacks: { stride: [1, 1], padding: 'valid' },
    axes: 2,
  };
}

/** Modules and functions of `flax.linen`. */
export const flaxLayers: Readonly<Record<string, LayerSpec>> = {
  Conv: convolution('convolution'),
  ConvTranspose: convolution('transposedConvolution'),
  Dense: {
    kind: 'dense',
    library: 'flax',
    parameters: ['features'],
    meaning: { outChannels: 'features' },
    fallbacks: {},
    axes: 2,
  },
  max_pool: pooling(),
  avg_pool: pooling(),
  BatchNorm: { kind: 'normalization', library: 'flax', parameters: [], meaning: {}, fallbacks: {}, axes: 2 },
  relu: { kind: 'activation', library: 'flax', parameters: [], meaning: {}, fallbacks: {}, axes: 2 },
};

/** The layers of `flax.nnx`: modules there are told what goes in, functions are those of `flax.linen`. */
export const nnxLayers: Readonly<Record<string, LayerSpec>> = {
  ...flaxLayers,
  Conv: withInput(convolution('convolution'), 'in_features'),
  ConvTranspose: withInput(convolution('transposedConvolution'), 'in_features'),
  Linear: withInput(flaxLayers.Dense!, 'in_features'),
  BatchNorm: withInput(flaxLayers.BatchNorm!, 'num_features'),
};

function withInput(spec: LayerSpec, parameter: string): LayerSpec {
  const { parameters, meaning } = spec;
  const named = parameters.map((name) => (name === 'features' ? 'out_features' : name));
  const outChannels = meaning.outChannels === undefined ? {} : { outChannels: 'out_features' };
  return {
    ...spec,
    parameters: [parameter, ...named],
    meaning: { ...meaning, ...outChannels, inChannels: parameter },
  };
}
