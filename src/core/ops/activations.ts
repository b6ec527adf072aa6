const activations = new Set([
  'Relu', 'Clip', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Selu', 'Celu', 'HardSwish', 'Swish', 'Gelu', 'Mish',
  'Softplus', 'Sigmoid', 'HardSigmoid', 'Tanh',
]); // prettier-ignore

/** Whether an operator is an activation function, the last part of a layer. Softmax is not: units start from logits. */
export function isActivation(op: string): boolean {
  return activations.has(op);
}
