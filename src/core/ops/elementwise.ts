import { broadcastDims } from './broadcast';
import { firstInput, samePosition, type Operator, type Region } from './operator';
import { inputDims, type Site } from './site';
import type { Dims } from '../tensor/tensor';

/** Operators of one image-dependent input that leave the shape alone. Further inputs are parameters. */
const unary: Operator = {
  shapes: (site) => site.node.outputs.map(() => inputDims(site, 0)),
  paths: firstInput,
  reach: samePosition,
  pointwise: true,
};

/** Dimensions of all operands stretched over each other. */
function broadcastInputs(site: Site): Dims {
  const [first, ...others] = site.node.inputs.map((_, i) => inputDims(site, i));
  return others.reduce((a, b) => broadcastDims(a, b), first ?? inputDims(site, 0));
}

function everyInput(site: Site): readonly number[] {
  return site.node.inputs.map((_, index) => index);
}

/** An operand that is repeated along a spatial axis is needed whole; where it is not, position by position. */
function reachOfOperand(site: Site, input: number, region: Region): Region {
  if (region === 'all') return 'all';
  const [height, width] = inputDims(site, input).slice(-2);
  const [outHeight, outWidth] = broadcastInputs(site).slice(-2);
  return height === outHeight && width === outWidth ? region : 'all';
}

const nary: Operator = {
  shapes: (site) => [broadcastInputs(site)],
  paths: everyInput,
  reach: reachOfOperand,
};

const unaryNames = [
  'Relu', 'Clip', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'HardSwish', 'Swish', 'Gelu', 'Mish',
  'Softplus', 'Sigmoid', 'HardSigmoid', 'Tanh', 'Identity', 'Dropout', 'Cast', 'LRN', 'BatchNormalization', 'Neg',
  'Softmax', 'LogSoftmax', 'InstanceNormalization', 'LayerNormalization', 'Exp', 'Sqrt', 'Erf', 'Abs', 'Log', 'Floor',
  'Ceil', 'Not', 'Reciprocal', 'Softsign', 'Sign', 'ImageScaler',
] as const; // prettier-ignore

const naryNames = ['Add', 'Sum', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Mean', 'Pow'] as const;

/** What is known of the operators that keep positions: activations, normalisations, arithmetic. */
export const elementwise: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(unaryNames.map((name) => [name, unary])),
  ...Object.fromEntries(naryNames.map((name) => [name, nary])),
};
