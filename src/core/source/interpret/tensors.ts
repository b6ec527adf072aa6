import type { TensorValue } from '../tensorValue';
import type { Machine } from './machine';
import { callNumeric, onNumbers } from './numbers';
import { onShapes, reversed } from './reshapedTensors';
import { elementsOf, isKind, lastSegment, listOf, unknown, type Arguments, type Value } from './values';

const ofSizes = ['empty', 'zeros', 'ones', 'rand', 'randn', 'full', 'Tensor', 'FloatTensor'];
const alike = ['empty_like', 'zeros_like', 'ones_like', 'rand_like', 'randn_like', 'full_like'];
const parameters = ['Parameter', 'UninitializedParameter', 'Buffer'];

/** Functions of PyTorch that make a tensor, or fill one with first values. `undefined` where the name is none of them. */
export function callTensorFunction({ language }: Machine, name: string, given: Arguments): Value | undefined {
  if (language !== 'python') return undefined;
  const numeric = callNumeric(name, given);
  if (numeric !== undefined) return numeric;
  const last = lastSegment(name);
  const [first = given.named.get('data')] = given.positional;
  if (parameters.includes(last)) {
    return ofShape(isKind(first, 'tensor') ? first.shape : null);
  }
  if (/(^|\.)init\.\w+_$/.test(name)) return first ?? given.named.get('tensor');
  if (name !== `torch.${last}`) return undefined;
  if (alike.includes(last)) return isKind(first, 'tensor') ? ofShape(first.shape) : unknown;
  if (Object.hasOwn(onShapes, last) && isKind(first, 'tensor'))
    return onShapes[last]!(first, { ...given, positional: given.positional.slice(1) });
  return ofSizes.includes(last) ? ofShape(shapeOf(given)) : undefined;
}

function ofShape(shape: TensorValue['shape']): TensorValue {
  return { kind: 'tensor', shape, values: null };
}

/** Sizes are given one by one, or as one list. */
function shapeOf({ positional, named, open }: Arguments): TensorValue['shape'] {
  const [first = named.get('size')] = positional;
  const sizes = isKind(first, 'list') ? first.items : positional;
  // One that is not known may be a list of all.
  if (open || sizes.length === 0 || (sizes.length === 1 && isKind(first, 'unknown'))) return null;
  return sizes.map((size) => (typeof size === 'number' ? size : null));
}

const itself = (self: TensorValue): Value => self;

/** What methods of tensors give: most change nothing that is of interest. */
export const onTensors: Readonly<Record<string, (self: TensorValue, given: Arguments) => Value>> = {
  size: (self, { positional: [axis] }) => {
    const sizes = sizesOf(self);
    return axis === undefined ? sizes : (elementsOf(sizes)?.at(Number(axis)) ?? unknown);
  },
  ...onNumbers,
  ...onShapes,
  ...Object.fromEntries(
    ['to', 'cuda', 'cpu', 'half', 'float', 'double', 'clone', 'detach', 'contiguous', 'requires_grad_']
      .concat(['normal_', 'uniform_', 'fill_', 'zero_', 'mul_', 'div_'])
      .map((name) => [name, itself]),
  ),
};

/** `weight.shape`; `undefined` for what is no attribute of tensors. */
export function tensorAttribute(self: TensorValue, name: string): Value | undefined {
  if (name === 'shape') return sizesOf(self);
  if (name === 'T') return reversed(self);
  return name === 'data' ? self : undefined;
}

function sizesOf({ shape }: TensorValue): Value {
  return shape === null ? unknown : listOf(shape.map((size) => size ?? unknown));
}
