import type { Named } from './blocks';
import { float, int, scalar, type Builder, type Value } from './builder';
import { axisFromNhwc } from './nhwc';
import { unsupportedLayer } from './refusals';

type Activation = (builder: Builder, x: Value, name: string) => Value;

const simple =
  (op: string): Activation =>
  (builder, x, name) =>
    builder.node(op, [x], { name });

/** 0.2 x + 0.5 between 0 and 1 up to Keras 2, relu6(x + 3) / 6 since Keras 3. */
const hardSigmoid =
  (slope: number): Activation =>
  (builder, x, name) =>
    builder.node('HardSigmoid', [x], { name, attributes: { alpha: float(slope), beta: float(0.5) } });

const swish: Activation = (builder, x, name) => {
  const gate = builder.node('Sigmoid', [x], { name: `${name}/sigmoid` });
  return builder.node('Mul', [x, gate], { name });
};

const mish: Activation = (builder, x, name) => {
  const soft = builder.node('Softplus', [x], { name: `${name}/softplus` });
  const gate = builder.node('Tanh', [soft], { name: `${name}/tanh` });
  return builder.node('Mul', [x, gate], { name });
};

/** x / 2 · (1 + erf(x / √2)), spelled as PyTorch's exporter does. */
const gelu: Activation = (builder, x, name) => {
  const scaled = builder.node('Div', [x, scalar(builder, `${name}/sqrt2`, Math.SQRT2)], {
    name: `${name}/div`,
  });
  const erf = builder.node('Erf', [scaled], { name: `${name}/erf` });
  const sum = builder.node('Add', [erf, scalar(builder, `${name}/one`, 1)], { name: `${name}/add` });
  const product = builder.node('Mul', [x, sum], { name: `${name}/mul` });
  return builder.node('Mul', [product, scalar(builder, `${name}/half`, 0.5)], { name });
};

/** Activation functions by the names that Keras writes into files. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_builder, x) => x,
  relu: simple('Relu'),
  relu6: (builder, x, name) => clip(builder, x, name, { low: 0, high: 6 }),
  elu: simple('Elu'),
  selu: simple('Selu'),
  sigmoid: simple('Sigmoid'),
  tanh: simple('Tanh'),
  softplus: simple('Softplus'),
  softsign: simple('Softsign'),
  exponential: simple('Exp'),
  softmax: (builder, x, name) => softmax(builder, x, name, { op: 'Softmax', axis: -1 }),
  log_softmax: (builder, x, name) => softmax(builder, x, name, { op: 'LogSoftmax', axis: -1 }),
  hard_sigmoid: hardSigmoid(0.2),
  hard_sigmoid3: hardSigmoid(1 / 6),
  hard_silu: simple('HardSwish'),
  hard_swish: simple('HardSwish'),
  swish,
  silu: swish,
  mish,
  gelu,
  leaky_relu: (builder, x, name) => leakyRelu(builder, x, name, 0.2),
};

/**
 * An activation function by name; camel case, as TensorFlow.js writes some, counts too. Throws a `UserError` for names
 * that are not known. `keras` is the version that wrote the model.
 */
export function activate(
  builder: Builder,
  x: Value,
  { name, kind }: Named,
  { activation, keras }: { readonly activation: unknown; readonly keras: number },
): Value {
  if (activation === undefined || activation === null) return x;
  const written = typeof activation === 'string' ? activation : 'another function';
  const wanted = written.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const versioned = wanted === 'hard_sigmoid' && keras >= 3 ? 'hard_sigmoid3' : wanted;
  if (!Object.hasOwn(activations, versioned)) {
    throw unsupportedLayer(name, kind, `its activation is "${written}"`);
  }
  return activations[versioned]!(builder, x, name);
}

export function clip(
  builder: Builder,
  x: Value,
  name: string,
  { low, high }: { readonly low: number; readonly high: number },
): Value {
  const bounds = [scalar(builder, `${name}/min`, low), scalar(builder, `${name}/max`, high)];
  return builder.node('Clip', [x, ...bounds], { name });
}

export function leakyRelu(builder: Builder, x: Value, name: string, slope: number): Value {
  return builder.node('LeakyRelu', [x], { name, attributes: { alpha: float(slope) } });
}

export function softmax(
  builder: Builder,
  x: Value,
  name: string,
  { op, axis }: { readonly op: 'Softmax' | 'LogSoftmax'; readonly axis: number },
): Value {
  return builder.node(op, [x], { name, attributes: { axis: int(axisFromNhwc(axis, x.rank)) } });
}
