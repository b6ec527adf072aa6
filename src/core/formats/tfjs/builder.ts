import type { Attribute, GraphNode } from '../../graph/graph';
import { floatTensor, int64Vector, type Tensor } from '../../tensor/tensor';
import { isReordered, toNhwc, fromNhwc } from './nhwc';
import { unsupportedLayer } from './refusals';

/** A tensor of the graph that is being built. Feature maps, of four axes, are in the order of graphs. */
export interface Value {
  readonly name: string;
  readonly rank: number;
}

export interface NodeOptions {
  /** Of the node and of its output; made unique where it is taken. */
  readonly name: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Axes of the output; those of the first input where left out. */
  readonly rank?: number;
}

/** Collects the nodes and constants of a graph. */
export interface Builder {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  node(op: string, inputs: readonly Value[], options: NodeOptions): Value;
  /** A constant by name; the first one of a name stays, since layers share weights. */
  constant(name: string, tensor: () => Tensor): Value;
  /** Keeps a name for something that is no node. */
  reserve(name: string): string;
}

export function createBuilder(): Builder {
  const nodes: GraphNode[] = [];
  const constants = new Map<string, Tensor>();
  const taken = new Set<string>();
  const reserve = (name: string): string => {
    let unique = name;
    for (let i = 2; taken.has(unique) || constants.has(unique); i++) unique = `${name} (${i})`;
    taken.add(unique);
    return unique;
  };
  return {
    nodes,
    constants,
    reserve,
    node(op, inputs, { name, attributes = {}, rank = inputs[0]?.rank ?? 0 }) {
      const unique = reserve(name);
      nodes.push({
        name: unique,
        op,
        domain: '',
        inputs: inputs.map((input) => input.name),
        outputs: [unique],
        attributes: new Map(Object.entries(attributes)),
      });
      return { name: unique, rank };
    },
    constant(name, tensor) {
      const known = constants.get(name) ?? tensor();
      constants.set(name, known);
      return { name, rank: known.dims.length };
    },
  };
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value: Math.fround(value) });
export const text = (value: string): Attribute => ({ kind: 'string', value });

/** A float32 scalar. */
export function scalar(builder: Builder, name: string, value: number): Value {
  return builder.constant(name, () => floatTensor([], Float32Array.of(value)));
}

/** Whole numbers for an operator that takes its parameters as a tensor. */
export function vector(builder: Builder, name: string, values: readonly number[]): Value {
  return builder.constant(name, () => int64Vector(values));
}

/** The tensor in the order of axes that the model knows, for operators that count elements or axes. */
export function asInModel(builder: Builder, value: Value, name: string): Value {
  if (!isReordered(value.rank)) return value;
  return builder.node('Transpose', [value], { name: `${name}/nhwc`, attributes: { perm: ints(toNhwc) } });
}

/** A tensor in the order of axes that the model knows, in the order of graphs. */
export function asInGraph(builder: Builder, value: Value, name: string): Value {
  if (!isReordered(value.rank)) return value;
  return builder.node('Transpose', [value], { name: `${name}/nchw`, attributes: { perm: ints(fromNhwc) } });
}

/** Throws where a layer does not get tensors of so many axes. */
export function assertRank(value: Value, rank: number, { name, kind }: { name: string; kind: string }): void {
  if (value.rank !== rank) {
    throw unsupportedLayer(name, kind, `it gets a tensor of ${value.rank} axes instead of ${rank}`);
  }
}
