import { inceptionNets } from './inception';
import { mobileNets } from './mobile';
import { nasNets } from './nasNet';
import { plainNets } from './plain';
import { residualNets } from './residual';
import type { Graph } from '../../../src/core/graph/graph';
import type { Dims } from '../../../src/core/tensor/tensor';
import { graphBuilder, type GraphBuilder, type TensorRef } from '../graphBuilder';

/** A published network at its own topology, with few maps. */
export interface Architecture {
  readonly name: string;
  readonly input: Dims;
  readonly opset?: number;
  readonly build: (g: GraphBuilder) => TensorRef;
}

export const architectures: readonly Architecture[] = [
  ...plainNets,
  ...inceptionNets,
  ...nasNets,
  ...residualNets,
  ...mobileNets,
];

export function graphOf({ name, input, opset = 17, build }: Architecture): Graph {
  const g = graphBuilder({ input, opset, seed: 12 });
  return g.build({ outputs: [build(g)], name });
}
