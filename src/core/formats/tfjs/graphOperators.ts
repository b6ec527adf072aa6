import { clip, leakyRelu, softmax } from './activations';
import {
  batchNorm,
  concat,
  convolution,
  dense,
  globalPool,
  operand,
  pad,
  pool,
  type WindowSpec,
} from './blocks';
import { asInGraph, asInModel, int, ints, type Value } from './builder';
import {
  asValue,
  floatWeightAt,
  numbersAt,
  operandAt,
  rankAt,
  refuseNode,
  valueAt,
  weightAt,
  type NodeCall,
  type NodeTranslation,
} from './graphCall';
import { flagAttribute, numberAttribute, numbersAttribute, textAttribute, textsAttribute } from './graphDef';
import { normalizedAxis } from './json';
import { axisFromNhwc, isReordered, perAxisFromNhwc } from './nhwc';
import { shapeOperators } from './graphShapes';

/** Rows and columns of a list for all four axes. */
function spatial(call: NodeCall, attribute: string): readonly [y: number, x: number] {
  const [, y = 1, x = 1] = numbersAttribute(call.node, attribute);
  return y >= 1 && x >= 1 ? [y, x] : refuseNode(call, `its ${attribute} are ${y} and ${x}`);
}

function windowOf(call: NodeCall): Omit<WindowSpec, 'kernel'> {
  const format = textAttribute(call.node, 'data_format');
  if (format !== '' && format !== 'NHWC') refuseNode(call, `its data_format is ${format}`);
  return {
    stride: spatial(call, 'strides'),
    dilation: spatial(call, 'dilations'),
    padding: paddingOf(call),
  };
}

function paddingOf(call: NodeCall): WindowSpec['padding'] {
  const padding = textAttribute(call.node, 'padding').toLowerCase();
  if (padding === 'same' || padding === 'valid') return padding;
  const explicit = numbersAttribute(call.node, 'explicit_paddings');
  if (padding !== 'explicit' || explicit.length !== 8) refuseNode(call, `its padding is "${padding}"`);
  const [, , top, bottom, left, right] = explicit;
  return [top!, left!, bottom!, right!];
}

/** The bias and the activation that optimisers fuse with a node, as `finish` puts them behind it again. */
function fused(call: NodeCall): { readonly bias: number | undefined; readonly finish: (x: Value) => Value } {
  const steps = textsAttribute(call.node, 'fused_ops');
  const bias = steps.includes('BiasAdd') ? 2 : undefined;
  const finish = (x: Value): Value =>
    steps
      .filter((step) => step !== 'BiasAdd')
      .reduce((previous, step) => fusedActivation(call, previous, step), x);
  return { bias, finish };
}

function fusedActivation(call: NodeCall, x: Value, step: string): Value {
  const { builder, name, node } = call;
  const named = `${name}/${step}`;
  if (step === 'Relu6') return clip(builder, x, named, { low: 0, high: 6 });
  if (step === 'LeakyRelu')
    return leakyRelu(builder, x, named, numberAttribute(node, 'leakyrelu_alpha', 0.2));
  if (step === 'Prelu') {
    const slope = operandAt(call, call.operands.length - 1, x.rank);
    return builder.node('PRelu', [x, slope], { name: named });
  }
  if (['Relu', 'Elu', 'Sigmoid', 'Tanh'].includes(step)) return builder.node(step, [x], { name: named });
  return refuseNode(call, `it is fused with ${step}`);
}

const conv: NodeTranslation = (call) => {
  const { bias, finish } = fused(call);
  const x = convolution(call.builder, valueAt(call, 0), call, {
    ...windowOf(call),
    kernel: floatWeightAt(call, 1),
    bias: bias === undefined ? undefined : floatWeightAt(call, bias),
    depthwise: /depthwise/i.test(call.kind),
  });
  return asValue(finish(x));
};

const matMul: NodeTranslation = (call) => {
  if (flagAttribute(call.node, 'transpose_a')) refuseNode(call, 'it transposes its input');
  const { bias, finish } = fused(call);
  const x = dense(call.builder, valueAt(call, 0), call, {
    kernel: floatWeightAt(call, 1),
    bias: bias === undefined ? undefined : floatWeightAt(call, bias),
    transposed: flagAttribute(call.node, 'transpose_b'),
  });
  return asValue(finish(x));
};

const fusedBatchNorm: NodeTranslation = (call) => {
  const x = valueAt(call, 0);
  return asValue(
    batchNorm(call.builder, x, call, {
      scale: floatWeightAt(call, 1),
      shift: floatWeightAt(call, 2),
      mean: floatWeightAt(call, 3),
      variance: floatWeightAt(call, 4),
      epsilon: numberAttribute(call.node, 'epsilon', 1e-4),
    }),
  );
};

const localPool =
  (op: 'MaxPool' | 'AveragePool'): NodeTranslation =>
  (call) => {
    const window = { ...windowOf(call), kernel: spatial(call, 'ksize') };
    return asValue(pool(call.builder, valueAt(call, 0), call, { op, window }));
  };

const reductions = { Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin' } as const;
const globalPools = { Mean: 'GlobalAveragePool', Max: 'GlobalMaxPool', Min: undefined } as const;

/** Over all positions it is a global pool; elsewhere a reduction over the axes as the model counts them. */
const reduce =
  (kind: keyof typeof reductions): NodeTranslation =>
  (call) => {
    const { builder, node, name } = call;
    const x = valueAt(call, 0);
    const axes = numbersAt(call, 1).map((axis) => normalizedAxis(axis, x.rank));
    const keep = flagAttribute(node, 'keep_dims');
    const op = globalPools[kind];
    if (op && isReordered(x.rank) && [...axes].sort().join() === '1,2') {
      return asValue(globalPool(builder, x, call, { op, keep }));
    }
    const source = keep ? x : asInModel(builder, x, name);
    const reduced = builder.node(reductions[kind], [source], {
      name,
      attributes: {
        axes: ints(keep ? axes.map((axis) => axisFromNhwc(axis, x.rank)) : axes),
        keepdims: int(keep ? 1 : 0),
      },
      rank: keep ? x.rank : x.rank - axes.length,
    });
    return asValue(keep ? reduced : asInGraph(builder, reduced, name));
  };

const padding: NodeTranslation = (call) => {
  const numbers = numbersAt(call, 1);
  const x = valueAt(call, 0);
  if (numbers.length !== 2 * x.rank) refuseNode(call, 'its paddings do not fit its input');
  const [value] = call.operands.length > 2 ? numbersAt(call, 2) : [0];
  const every = (side: 0 | 1) => perAxisFromNhwc(numbers.filter((_, i) => i % 2 === side));
  return asValue(pad(call.builder, x, call.name, { before: every(0), after: every(1), value: value! }));
};

const concatenation =
  (axisAt: 'first' | 'last'): NodeTranslation =>
  (call) => {
    const { builder, name, operands } = call;
    const axisIndex = axisAt === 'first' ? 0 : operands.length - 1;
    const parts = operands.map((_, i) => i).filter((i) => i !== axisIndex);
    const rank = rankAt(call, parts[0] ?? 0);
    const [axis] = numbersAt(call, axisIndex);
    const values = parts.map((i) => operandAt(call, i, rank));
    return asValue(concat(builder, values, { name, axis: axis! }));
  };

const unary =
  (op: string): NodeTranslation =>
  (call) =>
    asValue(call.builder.node(op, [valueAt(call, 0)], { name: call.name }));

const binary =
  (op: string): NodeTranslation =>
  (call) => {
    const rank = Math.max(rankAt(call, 0), rankAt(call, 1));
    const operands = [operandAt(call, 0, rank), operandAt(call, 1, rank)];
    return asValue(call.builder.node(op, operands, { name: call.name, rank }));
  };

const addN: NodeTranslation = (call) => {
  const rank = Math.max(...call.operands.map((_, i) => rankAt(call, i)));
  const operands = call.operands.map((_, i) => operandAt(call, i, rank));
  return asValue(call.builder.node('Sum', operands, { name: call.name, rank }));
};

const pRelu: NodeTranslation = (call) => {
  const x = valueAt(call, 0);
  const slope = operand(call.builder, weightAt(call, 1), x.rank);
  return asValue(call.builder.node('PRelu', [x, slope], { name: call.name }));
};

const rsqrt: NodeTranslation = (call) => {
  const root = call.builder.node('Sqrt', [valueAt(call, 0)], { name: `${call.name}/sqrt` });
  return asValue(call.builder.node('Reciprocal', [root], { name: call.name }));
};

const square: NodeTranslation = (call) => {
  const x = valueAt(call, 0);
  return asValue(call.builder.node('Mul', [x, x], { name: call.name }));
};

const leaky: NodeTranslation = (call) =>
  asValue(leakyRelu(call.builder, valueAt(call, 0), call.name, numberAttribute(call.node, 'alpha', 0.2)));

const relu6: NodeTranslation = (call) =>
  asValue(clip(call.builder, valueAt(call, 0), call.name, { low: 0, high: 6 }));

const softmaxOf =
  (op: 'Softmax' | 'LogSoftmax'): NodeTranslation =>
  (call) =>
    asValue(softmax(call.builder, valueAt(call, 0), call.name, { op, axis: -1 }));

const passThrough: NodeTranslation = (call) => call.operands[0] ?? refuseNode(call, 'it has no input');

const sameName = [
  'Relu',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'Exp',
  'Sqrt',
  'Neg',
  'Abs',
  'Erf',
];

/** Operators of TensorFlow graphs by name. */
export const graphOperators: Readonly<Record<string, NodeTranslation>> = {
  ...Object.fromEntries(sameName.map((op) => [op, unary(op)])),
  ...Object.fromEntries(
    ['Identity', 'StopGradient', 'PreventGradient', 'Snapshot', 'CheckNumerics'].map((op) => [
      op,
      passThrough,
    ]),
  ),
  Conv2D: conv,
  _FusedConv2D: conv,
  DepthwiseConv2dNative: conv,
  FusedDepthwiseConv2dNative: conv,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BiasAdd: binary('Add'),
  Add: binary('Add'),
  AddV2: binary('Add'),
  AddN: addN,
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  RealDiv: binary('Div'),
  Div: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  MaxPool: localPool('MaxPool'),
  AvgPool: localPool('AveragePool'),
  Mean: reduce('Mean'),
  Max: reduce('Max'),
  Min: reduce('Min'),
  Pad: padding,
  PadV2: padding,
  ConcatV2: concatenation('last'),
  Concat: concatenation('first'),
  Relu6: relu6,
  LeakyRelu: leaky,
  Prelu: pRelu,
  Rsqrt: rsqrt,
  Square: square,
  Softmax: softmaxOf('Softmax'),
  LogSoftmax: softmaxOf('LogSoftmax'),
  ...shapeOperators,
};
