import { foldNode } from './fold';
import type { Graph, GraphNode } from './graph';
import { gridAfter, gridOf, type Grid } from '../ops/grid';
import { ShapeError } from '../ops/operator';
import { operatorOf } from '../ops/operators';
import type { Site } from '../ops/site';
import type { Dims, Tensor } from '../tensor/tensor';

/** A graph with everything known that follows from the size of its input. */
export interface ResolvedGraph {
  /** As it runs. */
  readonly graph: Graph;
  /** Of every tensor that could be worked out. */
  readonly shapes: ReadonlyMap<string, Dims>;
  readonly grids: ReadonlyMap<string, Grid>;
  /** Initializers and every tensor that follows from them and from shapes alone. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** The nodes that depend on the image, in topological order, spelled-out activations as one node. */
  readonly nodes: readonly GraphNode[];
  /** Why a node's shapes could not be worked out, one sentence each, by node name. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What a graph leaves open. */
export interface ResolveOptions {
  /** Dimensions of every graph input. */
  readonly inputs: ReadonlyMap<string, Dims>;
  /** Dimensions of tensors behind operators this project does not know, measured by running the model. */
  readonly measured?: ReadonlyMap<string, Dims>;
}

/**
 * Infers shapes and folds constants in one walk, since each needs the other: a Reshape's target may be computed from
 * a Shape. Never throws on a strange graph: what cannot be worked out is reported in `problems`.
 */
export function resolveGraph(graph: Graph, options: ResolveOptions): ResolvedGraph {
  const shapes = new Map<string, Dims>(options.inputs);
  const constants = new Map(graph.constants);
  for (const [name, tensor] of constants) shapes.set(name, tensor.dims);
  const grids = new Map<string, Grid>();
  for (const [name, dims] of shapes) grids.set(name, gridOf(dims));
  const problems = new Map<string, string>();
  const nodes: GraphNode[] = [];

  for (const node of graph.nodes) {
    const site: Site = { node, shapes, constants, grids };
    try {
      const dims = options.measured?.has(node.outputs[0] ?? '') ? undefined : dimsOfOutputs(site);
      node.outputs.forEach((output, i) => {
        const known = dims?.[i] ?? options.measured?.get(output);
        if (output === '' || known === undefined) return;
        shapes.set(output, known);
        grids.set(output, gridOfOutput(node, grids.get(node.inputs[0] ?? ''), known));
      });
      const folded = foldNode(site);
      folded?.forEach((tensor, i) => {
        const output = node.outputs[i]!;
        constants.set(output, tensor);
        shapes.set(output, tensor.dims);
        grids.set(output, gridOf(tensor.dims));
      });
      if (folded === undefined) nodes.push(node);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      nodes.push(node);
      problems.set(node.name, `${error.message} (node "${node.name}")`);
    }
  }
  return { graph, shapes, grids, constants, nodes, problems };
}

function gridOfOutput(node: GraphNode, source: Grid | undefined, dims: Dims): Grid {
  return source && operatorOf(node)?.pointwise ? source : gridAfter(node, source, dims);
}

/** Output dimensions, undefined where an input's are not known or the operator is not. */
function dimsOfOutputs(site: Site): readonly Dims[] | undefined {
  const known = site.node.inputs.every((name) => name === '' || site.shapes.has(name));
  const outputs = known ? operatorOf(site.node)?.shapes(site) : undefined;
  for (const dims of outputs ?? []) {
    if (!Array.from(dims).every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
      throw new ShapeError(`${site.node.op} whose attributes do not fit its inputs`);
    }
  }
  return outputs;
}

/** A node with what is known about its tensors. */
export function siteOf(resolved: ResolvedGraph, node: GraphNode): Site {
  return { node, shapes: resolved.shapes, constants: resolved.constants, grids: resolved.grids };
}
