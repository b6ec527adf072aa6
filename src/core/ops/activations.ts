import { constantInput, type Site } from './site';
import { floatAttribute } from '../graph/attributes';

const activations = new Set([
  'Relu', 'Clip', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'HardSwish', 'Swish', 'Gelu', 'Mish',
  'Softplus', 'Sigmoid', 'HardSigmoid', 'Tanh',
]); // prettier-ignore

/** Whether an operator is an activation function, the last part of a layer. Softmax is not: units start from logits. */
export function isActivation(op: string): boolean {
  return activations.has(op);
}

/** The bounds of a Clip node, infinite where left out: attributes up to operator set 10, inputs from 11 on. */
export function clipBounds(site: Site): readonly [low: number, high: number] {
  const bound = (input: number, name: string, fallback: number): number =>
    Number(constantInput(site, input)?.data[0] ?? floatAttribute(site.node, name, fallback));
  return [bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
}
