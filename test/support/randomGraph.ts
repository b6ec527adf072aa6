import fc from 'fast-check';
import { graphBuilder, type TensorRef } from './graphBuilder';
import { growers, type Draw, type Kind } from './randomNodes';
import type { Graph } from '../../src/core/graph/graph';

/** What one node of a random graph is: numbers that `buildPlan` takes modulo what is possible where the node stands. */
export interface PlannedNode {
  readonly kind: Kind;
  /** Which of the tensors so far it reads, counted from the newest. */
  readonly from: number;
  /** Geometry: kernels, strides, pads. */
  readonly geometry: readonly number[];
}

/** A random graph that can be printed, shrunk and kept. */
export interface GraphPlan {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly nodes: readonly PlannedNode[];
}

/** The graph of a plan; every tensor that nobody reads is an output. */
export function buildPlan({ seed, height, width, nodes }: GraphPlan): Graph {
  const g = graphBuilder({ input: [1, 3, height, width], seed });
  const tensors: TensorRef[] = [g.input];
  for (const { kind, from, geometry } of nodes) {
    let drawn = 0;
    const draw: Draw = (choices) => (geometry[drawn++ % geometry.length] ?? 0) % choices;
    const x = tensors.at(-1 - (from % tensors.length))!;
    tensors.push(...[growers[kind](g, x, draw, tensors)].flat());
  }
  const read = new Set(g.build({ outputs: [] }).nodes.flatMap(({ inputs }) => inputs));
  const outputs = tensors.filter(({ name }) => name !== g.input.name && !read.has(name));
  return g.build({ outputs, name: 'random' });
}

/** What random plans are made of. */
export interface PlannedKinds {
  readonly kinds: readonly Kind[];
  /** Shortest and longest side of the input. */
  readonly sides: readonly [number, number];
  readonly nodes: readonly [least: number, most: number];
}

/** Random plans. They shrink to fewer nodes and smaller geometry. */
export function plannedGraphs({ kinds, sides: [min, max], nodes }: PlannedKinds): fc.Arbitrary<GraphPlan> {
  return fc.record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    height: fc.integer({ min, max }),
    width: fc.integer({ min, max }),
    nodes: fc.array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        from: fc.nat(3),
        geometry: fc.array(fc.nat(11), { minLength: 12, maxLength: 12 }),
      }),
      { minLength: nodes[0], maxLength: nodes[1] },
    ),
  });
}

/** Plans of one to nine nodes of every kind. */
export const plans: fc.Arbitrary<GraphPlan> = plannedGraphs({
  kinds: Object.keys(growers) as Kind[],
  sides: [6, 13],
  nodes: [1, 9],
});
