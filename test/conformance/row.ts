import type { Measures } from './measure';
import type { Subject } from './subjects';
import { faithfulness } from '../../src/core/deconvnet/faithfulness';
import { receptiveField } from '../../src/core/deconvnet/receptiveField';
import { routeTo } from '../../src/core/deconvnet/route';
import type { Graph } from '../../src/core/graph/graph';
import { measureShapes } from '../../src/engine/measureShapes';
import { runtime } from '../support/recording';

/** What follows from a graph without weights. */
export interface Counts {
  readonly nodes: number;
  /** Each has a receptive field. */
  readonly layers: number;
  /** Nodes between the class scores, or the last layer, and the pixels. */
  readonly exact: number;
  readonly approximate: number;
  readonly refused: number;
  /** Of the first node that refuses. */
  readonly reason: string | undefined;
}

export interface Row extends Counts, Pick<Subject, 'model' | 'source'>, Measures {}

/** Opens a graph as the engine does, with the shapes behind operators that are not known measured. */
export async function countsOf(graph: Graph): Promise<Counts> {
  const network = await measureShapes(graph, {}, runtime);
  const { layers, classifier } = network;
  const tensor = classifier?.logits ?? layers.at(-1)?.tensor;
  const counts = { nodes: graph.nodes.length, layers: layers.filter((layer) => sees(layer.tensor)).length };
  if (tensor === undefined)
    return { ...counts, exact: 0, approximate: 0, refused: 0, reason: 'it has no layers' };
  const { nodes } = faithfulness(network, tensor);
  const stops = routeTo(network, tensor, 'deconvnet');
  const refused = stops.filter(({ refusal }) => refusal !== undefined).length;
  const reason = refused > 0 ? `${nodes[0]!.op} "${nodes[0]!.node}": ${nodes[0]!.reason}` : undefined;
  return { ...counts, exact: stops.length - nodes.length, approximate: nodes.length - refused, refused, reason }; // prettier-ignore

  function sees(of: string): boolean {
    return receptiveField(network, of).size.every((length) => length > 0);
  }
}
