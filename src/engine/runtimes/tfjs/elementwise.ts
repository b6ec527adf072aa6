import { floatAttribute, intAttribute, stringAttribute } from '../../../core/graph/attributes';
import {
  aligned,
  CannotCompute,
  held,
  heldAxis,
  inGraph,
  input,
  type Call,
  type Held,
  type Kernel,
} from './call';
import type { Tf } from './backend';

const unary =
  (compute: (tf: Tf, x: Held, call: Call) => Held): Kernel =>
  (call) =>
    compute(call.tf, input(call, 0), call);

/** One operator over two or more operands. */
const merging =
  (compute: (tf: Tf, a: Held, b: Held) => Held): Kernel =>
  (call) => {
    const { tf, inputs } = call;
    const operands = aligned(tf, inputs.map((_, i) => input(call, i))); // prettier-ignore
    return operands.reduce((a, b) => compute(tf, a, b));
  };

const alpha = (call: Call, fallback: number) => floatAttribute(call.node, 'alpha', fallback);
const beta = (call: Call, fallback: number) => floatAttribute(call.node, 'beta', fallback);

/** Bounds are attributes up to operator set 10 and inputs since. */
const clip: Kernel = (call) => {
  const { tf, node, inputs } = call;
  const bound = (index: 1 | 2, name: string, fallback: number) =>
    inputs[index] === undefined ? floatAttribute(node, name, fallback) : inputs[index].dataSync()[0]!;
  // The bounds that are left out: clipByValue computes with them.
  const [low, high] = [bound(1, 'min', -MOST), bound(2, 'max', MOST)];
  return tf.clipByValue(input(call, 0), Math.max(low, -MOST), Math.min(high, MOST));
};
const MOST = 3.4028234663852886e38;

/** x / 2 · (1 + erf(x / √2)), or its approximation by tanh. */
function gelu(tf: Tf, x: Held, { node }: Call): Held {
  const approximated = () => {
    const cubic = tf.add(x, tf.mul(tf.pow(x, 3), 0.044715));
    return tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI)));
  };
  const isByTanh = stringAttribute(node, 'approximate', 'none') === 'tanh';
  const gate = isByTanh ? approximated() : tf.erf(tf.div(x, Math.SQRT2));
  return tf.mul(tf.mul(x, 0.5), tf.add(gate, 1));
}

const pRelu: Kernel = (call) => {
  const { tf } = call;
  const [x, slope] = aligned(tf, [input(call, 0), input(call, 1)]) as [Held, Held];
  return tf.add(tf.relu(x), tf.mul(slope, tf.minimum(x, 0)));
};

const softmax =
  (compute: (tf: Tf, x: Held) => Held): Kernel =>
  (call) => {
    const { tf, node, opset } = call;
    const x = inGraph(tf, input(call, 0));
    const axis = intAttribute(node, 'axis', opset >= 13 ? -1 : 1);
    if (opset < 13) {
      // All axes from that one on are one list of classes.
      const first = axis < 0 ? axis + x.rank : axis;
      const rows = x.shape.slice(0, first).reduce((product, length) => product * length, 1);
      return held(tf, tf.reshape(compute(tf, tf.reshape(x, [rows, -1])), x.shape));
    }
    const counted = axis < 0 ? axis + x.rank : axis;
    const order = x.shape.map((_, i) => i).filter((i) => i !== counted);
    const forward = [...order, counted];
    const moved = compute(tf, tf.transpose(x, forward));
    return held(tf, tf.transpose(moved, forward.map((_, i) => forward.indexOf(i)))); // prettier-ignore
  };

/** Means and maxima over axes, which are an attribute or, since operator set 13 or 18, an input. */
const reducing =
  (compute: (tf: Tf, x: Held, axes: number[]) => Held): Kernel =>
  (call) => {
    const { tf, node, site, inputs } = call;
    const x = input(call, 0);
    const attribute = node.attributes.get('axes');
    const given = inputs[1] ? [...inputs[1].dataSync()] : attribute?.kind === 'ints' ? attribute.value : [];
    const axes = given.length > 0 ? given.map((axis) => heldAxis(axis, x.rank)) : x.shape.map((_, i) => i);
    const reduced = compute(tf, x, axes);
    if (intAttribute(node, 'keepdims', 1) === 1) return reduced;
    const dims = site.shapes.get(node.outputs[0]!);
    if (dims === undefined) throw new CannotCompute(`the size of what ${node.op} gives is not known`);
    return held(tf, tf.reshape(inGraph(tf, reduced), [...dims]));
  };

/** Operators that work on each value, or on values that lie over each other, by name. */
export const elementwise: Readonly<Record<string, Kernel>> = {
  Identity: unary((_tf, x) => x),
  Dropout: unary((_tf, x) => x),
  Cast: unary((tf, x, { node }) => tf.cast(x, intAttribute(node, 'to', 1) === 1 ? 'float32' : 'int32')),
  Relu: unary((tf, x) => tf.relu(x)),
  LeakyRelu: unary((tf, x, call) => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), alpha(call, 0.01)))),
  Elu: unary((tf, x, call) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha(call, 1)))),
  Selu: unary((tf, x) => tf.selu(x)),
  ThresholdedRelu: unary((tf, x, call) => tf.mul(x, tf.cast(tf.greater(x, alpha(call, 1)), 'float32'))),
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  HardSigmoid: unary((tf, x, call) => tf.clipByValue(tf.add(tf.mul(x, alpha(call, 0.2)), beta(call, 0.5)), 0, 1)),
  HardSwish: unary((tf, x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1))),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Softplus: unary((tf, x) => tf.softplus(x)),
  Softsign: unary((tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Reciprocal: unary((tf, x) => tf.div(1, x)),
  Neg: unary((tf, x) => tf.neg(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Mish: unary((tf, x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  Gelu: unary(gelu),
  Erf: unary((tf, x) => tf.erf(x)),
  Floor: unary((tf, x) => tf.floor(x)),
  Ceil: unary((tf, x) => tf.ceil(x)),
  Clip: clip,
  PRelu: pRelu,
  Softmax: softmax((tf, x) => tf.softmax(x)),
  LogSoftmax: softmax((tf, x) => tf.logSoftmax(x)),
  Add: merging((tf, a, b) => tf.add(a, b)),
  Sum: merging((tf, a, b) => tf.add(a, b)),
  Sub: merging((tf, a, b) => tf.sub(a, b)),
  Mul: merging((tf, a, b) => tf.mul(a, b)),
  Div: merging((tf, a, b) => tf.div(a, b)),
  Max: merging((tf, a, b) => tf.maximum(a, b)),
  Min: merging((tf, a, b) => tf.minimum(a, b)),
  Pow: merging((tf, a, b) => tf.pow(a, b)),
  ReduceMean: reducing((tf, x, axes) => tf.mean(x, axes, true)),
  ReduceMax: reducing((tf, x, axes) => tf.max(x, axes, true)),
  ReduceMin: reducing((tf, x, axes) => tf.min(x, axes, true)),
  ReduceSum: reducing((tf, x, axes) => tf.sum(x, axes, true)),
}; // prettier-ignore
