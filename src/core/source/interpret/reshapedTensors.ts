import type { TensorValue } from '../tensorValue';
import { isKind, type Arguments, type Value } from './values';

type Sizes = readonly (number | null)[];

/** What is found for a tensor, else for those whose numbers it holds in another shape, nearest first. */
export function foundFor<T>(
  tensor: TensorValue | null,
  find: (held: TensorValue) => T | undefined,
): T | undefined {
  for (let held = tensor ?? undefined; held; held = held.origin) {
    const found = find(held);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Methods of tensors that move numbers or give them another shape, and change none. What is not known of the arguments is not known of the shape. */
export const onShapes: Readonly<Record<string, (self: TensorValue, given: Arguments) => Value>> = {
  ...Object.fromEntries(
    ['view', 'reshape'].map((name) => [
      name,
      (self: TensorValue, given: Arguments) => shaped(self, filled(self, numbersIn(given, 'shape'))),
    ]),
  ),
  ...Object.fromEntries(
    ['view_as', 'reshape_as'].map((name) => [
      name,
      (self: TensorValue, { positional: [other] }: Arguments) =>
        shaped(self, isKind(other, 'tensor') ? other.shape : null),
    ]),
  ),
  unsqueeze: (self, given) =>
    shaped(self, inserted(self.shape, axisIn(given, 'dim', (self.shape?.length ?? 0) + 1))),
  squeeze: (self, given) => shaped(self, squeezed(self.shape, given)),
  flatten: (self, given) => shaped(self, flattened(self, given)),
  t: (self) => shaped(self, permuted(self.shape, self.shape?.length === 1 ? [0] : [1, 0])),
  ...Object.fromEntries(
    ['transpose', 'swapaxes', 'swapdims'].map((name) => [
      name,
      (self: TensorValue, given: Arguments) => shaped(self, swapped(self.shape, numbersIn(given, 'dim'))),
    ]),
  ),
  permute: (self, given) => shaped(self, permuted(self.shape, numbersIn(given, 'dims'))),
};

/** `weight.T`: all axes in reverse. */
export function reversed(self: TensorValue): TensorValue {
  return shaped(self, self.shape && [...self.shape].reverse());
}

function shaped(self: TensorValue, shape: Sizes | null): TensorValue {
  return { kind: 'tensor', shape, values: null, origin: self };
}

/** Numbers that are given one by one, or as one list; `null` for what is not known. */
function numbersIn({ positional, named, open }: Arguments, name: string): Sizes | null {
  const [first = named.get(name) ?? named.get(`${name}s`)] = positional;
  const given = isKind(first, 'list') ? first.items : positional;
  // One that is not known may be a list of all.
  if (open || (given.length === 1 && typeof given[0] !== 'number')) return null;
  return given.map((each) => (typeof each === 'number' ? each : null));
}

/** Sizes with the one that was left out as -1, where all others are known. */
function filled({ shape }: TensorValue, sizes: Sizes | null): Sizes | null {
  if (!sizes?.includes(-1)) return sizes;
  const others = product(sizes.filter((size) => size !== -1));
  const all = shape && product(shape);
  const left = all === null || others === null ? null : all / others;
  return sizes.map((size) => (size === -1 ? left : size));
}

function product(sizes: Sizes): number | null {
  let all = 1;
  for (const size of sizes) {
    if (size === null) return null;
    all *= size;
  }
  return all;
}

/** An axis, from 0; `null` where it is not known. */
function axisIn({ positional: [first], named }: Arguments, name: string, axes: number): number | null {
  const axis = first ?? named.get(name);
  return typeof axis === 'number' ? fromStart(axis, axes) : null;
}

function fromStart(axis: number, axes: number): number | null {
  const counted = axis < 0 ? axis + axes : axis;
  return counted >= 0 && counted < axes ? counted : null;
}

function inserted(shape: Sizes | null, axis: number | null): Sizes | null {
  return shape === null || axis === null ? null : [...shape.slice(0, axis), 1, ...shape.slice(axis)];
}

function squeezed(shape: Sizes | null, given: Arguments): Sizes | null {
  if (shape === null) return null;
  const { positional, named } = given;
  if (positional.length === 0 && named.size === 0)
    return shape.includes(null) ? null : shape.filter((size) => size !== 1);
  const axis = axisIn(given, 'dim', shape.length);
  if (axis === null || shape[axis] === null) return null;
  return shape[axis] === 1 ? shape.filter((_, i) => i !== axis) : shape;
}

function flattened({ shape }: TensorValue, { positional, named }: Arguments): Sizes | null {
  if (shape === null) return null;
  const [from = named.get('start_dim') ?? 0, to = named.get('end_dim') ?? -1] = positional;
  const [start, end] = [from, to].map((axis) =>
    typeof axis === 'number' ? fromStart(axis, shape.length) : null,
  ) as [number | null, number | null];
  if (start === null || end === null) return null;
  return [...shape.slice(0, start), product(shape.slice(start, end + 1)), ...shape.slice(end + 1)];
}

function swapped(shape: Sizes | null, axes: Sizes | null): Sizes | null {
  if (shape === null || axes?.length !== 2) return null;
  const [a, b] = axes.map((axis) => (axis === null ? null : fromStart(axis, shape.length)));
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  return shape.map((size, i) => (i === a ? shape[b]! : i === b ? shape[a]! : size));
}

function permuted(shape: Sizes | null, axes: Sizes | null): Sizes | null {
  if (shape === null || axes?.length !== shape.length) return null;
  const order = axes.map((axis) => (axis === null ? null : fromStart(axis, shape.length)));
  return order.includes(null) ? null : order.map((axis) => shape[axis!]!);
}
