import type { Method, Rule } from './rule';
import { convolution, transposedConvolution } from './rules/convolution';
import { transposedGemm, transposedMatMul } from './rules/dense';
import { derivatives } from './rules/derivatives';
import { addBack, divideByFrozen, productRule, scaleByFrozen, subtractBack } from './rules/elementwise';
import { refuseInstanceNorm, scaleInstanceNorm } from './rules/instanceNorm';
import { derivativeOfLayerNorm, scaleLayerNorm } from './rules/layerNorm';
import { moveBack } from './rules/movement';
import { derivativeOfLrn, scaleBatchNorm, scaleImage } from './rules/normalization';
import { pass, rectify, rectifyWhereActive } from './rules/pointwise';
import {
  spreadAverage,
  spreadGlobalAverage,
  spreadReduceMean,
  unpool,
  unpoolGlobal,
  unpoolReduceMax,
} from './rules/pooling';
import { spreadResampled } from './rules/resampling';
import { clipBounds } from '../ops/activations';
import type { Site } from '../ops/site';

/** The names of the projection methods. */
export type MethodName = 'deconvnet' | 'guided' | 'gradient';

/** What every method does alike: linear operators have one adjoint, and a maximum one place it came from. */
const shared: Method = {
  Conv: transposedConvolution,
  ConvTranspose: convolution,
  Gemm: transposedGemm,
  MatMul: transposedMatMul,
  BatchNormalization: scaleBatchNorm,
  ImageScaler: scaleImage,
  MaxPool: unpool,
  GlobalMaxPool: unpoolGlobal,
  ReduceMax: unpoolReduceMax,
  AveragePool: spreadAverage,
  GlobalAveragePool: spreadGlobalAverage,
  ReduceMean: spreadReduceMean,
  Resize: spreadResampled,
  Upsample: spreadResampled,
  Add: addBack,
  Sum: addBack,
  Sub: subtractBack,
  Mul: scaleByFrozen,
  Div: divideByFrozen,
  Concat: moveBack,
  Split: moveBack,
  Slice: moveBack,
  Crop: moveBack,
  Gather: moveBack,
  Pad: moveBack,
  Expand: moveBack,
  Reshape: moveBack,
  Flatten: moveBack,
  Transpose: moveBack,
  Squeeze: moveBack,
  Unsqueeze: moveBack,
  Dropout: pass,
  Identity: pass,
  Cast: pass,
};

/** Activations that rectify but are not the rectifier of the paper. */
const rectifierLike = [
  'Clip', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'HardSwish', 'Swish', 'Gelu', 'Mish', 'Softplus',
]; // prettier-ignore

/** ReLU6 and its like rectify; a Clip with another lower bound, such as a hard tanh, does not. */
function refuseClip(site: Site): string | undefined {
  const [low] = clipBounds(site);
  return low === 0 ? undefined : `it clips from ${low}, and only a Clip from 0 rectifies`;
}

/** Activations of the LeNet kind, which squash. */
const squashing = ['Sigmoid', 'HardSigmoid', 'Tanh'];

function rows(operators: readonly string[], ruleOf: (operator: string) => Rule): Method {
  return Object.fromEntries(operators.map((operator) => [operator, ruleOf(operator)]));
}

const passSquashed = rows(squashing, (op) => ({
  ...pass,
  approximate: () => `${op} squashes where the paper rectifies; the signal passes unchanged`,
}));

/**
 * The deconvnet (Zeiler & Fergus 2013, section 2.1): unpool through the switches, rectify the signal, filter with the transposed
 * kernels; contrast normalisation is passed by.
 */
const deconvnet: Method = {
  ...shared,
  Relu: rectify,
  ...rows(rectifierLike, (op) => ({
    ...rectify,
    approximate: () => `the paper knows ReLU only; ${op} is rectified like it`,
    ...(op === 'Clip' && { refuses: refuseClip }),
  })),
  ...passSquashed,
  LRN: pass,
  LayerNormalization: scaleLayerNorm,
  InstanceNormalization: scaleInstanceNorm,
};

/** Guided backpropagation (Springenberg et al. 2015): the deconvnet, and silent wherever the unit was silent on the way up. */
const guided: Method = {
  ...deconvnet,
  Relu: rectifyWhereActive,
  ...rows(rectifierLike, (op) => ({
    ...rectifyWhereActive,
    approximate: () => `guided backpropagation knows ReLU only; ${op} is treated like it`,
    ...(op === 'Clip' && { refuses: refuseClip }),
  })),
};

/** The true derivative of the unit by the pixels, times the unit's activation. */
const gradient: Method = {
  ...shared,
  ...derivatives,
  LRN: derivativeOfLrn,
  LayerNormalization: derivativeOfLayerNorm,
  InstanceNormalization: refuseInstanceNorm,
  Mul: productRule,
};

/** The projection methods by name. */
export const methods: Readonly<Record<MethodName, Method>> = { deconvnet, guided, gradient };
