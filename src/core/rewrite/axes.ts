import type { Attribute } from '../graph/graph';
import { int64Vector, type Tensor } from '../tensor/tensor';

/** Since which operator set the axes of an operator are an input; an attribute before. */
const inputSince = { Unsqueeze: 13, Squeeze: 13, ReduceMax: 18 } as const;

/** Where a node that is added to a graph finds its axes. */
export interface Axes {
  /** To follow the node's first input. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** To be added to the graph's. */
  readonly constants: ReadonlyMap<string, Tensor>;
}

/** The axes of a node in a graph of operator set `opset`; `name` is the tensor that holds them, if one does. */
export function axesOf(
  op: keyof typeof inputSince,
  opset: number,
  axes: readonly number[],
  name: string,
): Axes {
  if (opset < inputSince[op]) {
    return { inputs: [], attributes: { axes: { kind: 'ints', value: axes } }, constants: new Map() };
  }
  return { inputs: [name], attributes: {}, constants: new Map([[name, int64Vector(axes)]]) };
}
