import type { LayerKind } from '../definition';
import { sameFor, type LayerSpec } from './layerSpec';

const sliding = ['kernel_size', 'strides', 'padding'];
const depthwiseMeaning = {
  kernel: 'kernel_size',
  stride: 'strides',
  padding: 'padding',
  dilation: 'dilation_rate',
};
const convolutionMeaning = { ...depthwiseMeaning, outChannels: 'filters', groups: 'groups' };

function convolution(
  kind: LayerKind,
  axes: LayerSpec['axes'],
  parameters: readonly string[],
  meaning: LayerSpec['meaning'] = convolutionMeaning,
): LayerSpec {
  const fallbacks = { stride: [1, 1], padding: 'valid', dilation: [1, 1] } as const;
  return { kind, library: 'keras', parameters, meaning, fallbacks, axes };
}

function pooling(): LayerSpec {
  const meaning = { kernel: 'pool_size', stride: 'strides', padding: 'padding' };
  const parameters = ['pool_size', 'strides', 'padding'];
  return {
    kind: 'pooling',
    library: 'keras',
    parameters,
    meaning,
    fallbacks: { kernel: [2, 2], padding: 'valid' },
    axes: 2,
  };
}

function plain(kind: LayerKind): LayerSpec {
  return { kind, library: 'keras', parameters: [], meaning: {}, fallbacks: {}, axes: 2 };
}

const filters = ['filters', ...sliding, 'data_format', 'dilation_rate', 'groups'];

/** Layers of Keras under the names of its Python classes, its older spellings among them. */
export const kerasLayers: Readonly<Record<string, LayerSpec>> = {
  ...sameFor(['Conv2D', 'Convolution2D'], convolution('convolution', 2, filters)),
  ...sameFor(['Conv1D', 'Convolution1D'], convolution('convolution', 1, filters)),
  ...sameFor(
    ['Conv2DTranspose', 'Convolution2DTranspose'],
    convolution('transposedConvolution', 2, ['filters', ...sliding]),
  ),
  DepthwiseConv2D: convolution('convolution', 2, sliding, depthwiseMeaning),
  ...sameFor(['SeparableConv2D', 'SeparableConvolution2D'], {
    ...convolution('convolution', 2, ['filters', ...sliding]),
    separable: true,
  }),
  Dense: {
    kind: 'dense',
    library: 'keras',
    parameters: ['units'],
    meaning: { outChannels: 'units' },
    fallbacks: {},
    axes: 2,
  },
  ...sameFor(['MaxPooling2D', 'MaxPool2D', 'AveragePooling2D', 'AvgPool2D'], pooling()),
  ...sameFor(
    ['GlobalAveragePooling2D', 'GlobalAvgPool2D', 'GlobalMaxPooling2D', 'GlobalMaxPool2D'],
    plain('pooling'),
  ),
  ...sameFor(['BatchNormalization', 'LayerNormalization', 'GroupNormalization'], plain('normalization')),
  ...sameFor(['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'Softmax'], plain('activation')),
};

/** `kernel_size` is `kernelSize` in TensorFlow.js. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_underscore, letter: string) => letter.toUpperCase());
}

/** The same layers as TensorFlow.js names them: `conv2d({ kernelSize })`. */
export const tfjsLayers: Readonly<Record<string, LayerSpec>> = Object.fromEntries(
  Object.entries(kerasLayers).map(([name, spec]) => [
    tfjsName(name),
    {
      ...spec,
      library: 'tfjs' as const,
      parameters: [],
      meaning: Object.fromEntries(
        Object.entries(spec.meaning).map(([argument, parameter]) => [argument, camelCase(parameter)]),
      ),
    },
  ]),
);

/** `DepthwiseConv2D` is `depthwiseConv2d`, `ReLU` is `reLU`. */
function tfjsName(name: string): string {
  const lower = name.replace(/(\d)D/, '$1d');
  return lower.charAt(0).toLowerCase() + lower.slice(1);
}
