import { lesionUnreachable, opaqueLesion } from '../experimentErrors';
import type { Graph, GraphNode, Value } from '../graph/graph';
import type { ResolvedGraph } from '../graph/resolve';
import { mapDims } from '../ops/grid';
import type { Dims } from '../tensor/tensor';

/** The part of a graph behind some layers, in which each of their feature maps can be replaced, image by image. */
export interface LesionGraph {
  readonly graph: Graph;
  /**
   * Inputs that a clean forward pass gives: by their name here the tensor of the original graph. All of them hold one
   * block per image.
   */
  readonly intact: ReadonlyMap<string, string>;
  /** The factor and the summand of each layer's maps, by the layer's tensor. */
  readonly masks: ReadonlyMap<string, Mask>;
}

/** Inputs by which a tensor becomes intact · keep + shift; of shape `dims` behind the batch axis, one value per map. */
export interface Mask {
  readonly keep: string;
  readonly shift: string;
  readonly dims: Dims;
}

/** What to rewrite. */
export interface LesionSite {
  /** The tensors whose maps are replaced. */
  readonly tensors: readonly string[];
  /** What to compute from them. */
  readonly outputs: readonly string[];
  /** Images per pass, `null` where the graph leaves them open. */
  readonly images: number | null;
}

/**
 * Puts a factor and a summand behind `tensors`, and keeps only what depends on them: one clean forward pass feeds any
 * number of lesions, which are computed as one batch. `graph` is the one that runs, with an open batch axis where
 * `images` is `null`. Throws a `UserError` where an output does not depend on any of the tensors.
 */
export function lesionGraph(
  graph: Graph,
  { shapes, grids, constants }: ResolvedGraph,
  { tensors, outputs, images }: LesionSite,
): LesionGraph {
  const masks = new Map<string, Mask>();
  for (const tensor of tensors) {
    const grid = grids.get(tensor)!;
    const dims = [...mapDims(shapes.get(tensor)!, grid).slice(1), ...new Array<number>(grid.axes).fill(1)];
    masks.set(tensor, { keep: `${tensor}:keep`, shift: `${tensor}:shift`, dims });
  }
  const nodes = behind(withMasks(graph.nodes, masks), masks, outputs);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  for (const { keep, shift } of masks.values()) for (const name of [keep, shift]) read.delete(name);
  const used = [...read].filter((name) => name !== '' && !made.has(name));
  const kept = new Map(
    used.flatMap((name) => {
      const value = graph.constants.get(name) ?? constants.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const intact = new Map(used.filter((name) => !kept.has(name)).map((name) => [name, originalName(name)]));
  const input = (name: string, dims: Dims): Value => ({ name, type: 'float32', shape: [images, ...dims] });
  const inputs = [
    ...[...intact].map(([name, original]) => input(name, shapes.get(original)!.slice(1))),
    ...[...masks.values()].flatMap(({ keep, shift, dims }) => [input(keep, dims), input(shift, dims)]),
  ];
  const values = outputs.map((name): Value => ({ name, type: 'float32', shape: null }));
  return { graph: { ...graph, nodes, constants: kept, inputs, outputs: values }, intact, masks };
}

const INTACT = ':intact';

function originalName(name: string): string {
  return name.endsWith(INTACT) ? name.slice(0, -INTACT.length) : name;
}

/** The nodes with each masked tensor made under another name, and then masked under its own. */
function withMasks(nodes: readonly GraphNode[], masks: ReadonlyMap<string, Mask>): GraphNode[] {
  return nodes.flatMap((node) => {
    const masked = node.outputs.filter((name) => masks.has(name));
    if (masked.length === 0) return [node];
    const outputs = node.outputs.map((name) => (masks.has(name) ? `${name}${INTACT}` : name));
    return [{ ...node, outputs }, ...masked.flatMap((name) => maskNodes(name, masks.get(name)!))];
  });
}

function maskNodes(tensor: string, { keep, shift }: Mask): GraphNode[] {
  const common = { domain: '', attributes: new Map() };
  const kept = `${tensor}:kept`;
  return [
    { ...common, name: `${tensor}:times`, op: 'Mul', inputs: [`${tensor}${INTACT}`, keep], outputs: [kept] },
    { ...common, name: `${tensor}:plus`, op: 'Add', inputs: [kept, shift], outputs: [tensor] },
  ];
}

/** The nodes between the masks and the outputs, in order. */
function behind(
  nodes: readonly GraphNode[],
  masks: ReadonlyMap<string, Mask>,
  outputs: readonly string[],
): GraphNode[] {
  const changed = new Set([...masks.values()].map(({ keep }) => keep));
  const depending = nodes.filter((node) => {
    // Subgraphs of control flow read tensors that their nodes do not name.
    if ([...node.attributes.values()].some(({ kind }) => kind === 'opaque')) throw opaqueLesion(node.name);
    if (!node.inputs.some((name) => changed.has(name))) return false;
    for (const name of node.outputs) if (name !== '') changed.add(name);
    return true;
  });
  const needed = new Set(outputs);
  const kept: GraphNode[] = [];
  for (const node of [...depending].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    kept.push(node);
  }
  const unreachable = [...masks].find(([, { keep }]) => !needed.has(keep));
  if (unreachable) throw lesionUnreachable(unreachable[0]);
  return kept.reverse();
}
