import { ShapeError, firstInput, type Operator, type Region } from './operator';
import { inputDims, type Site } from './site';
import { reachOf, windowOf, type Window } from './window';
import { intAttribute } from '../graph/attributes';

/** Geometry of a Conv node: weights `[outputs, inputs / groups, kernel y, kernel x]`. */
export interface Convolution {
  readonly window: Window;
  readonly groups: number;
  /** Channels of the whole input and output. */
  readonly inputs: number;
  readonly outputs: number;
}

/** The geometry of a Conv node. Throws a `ShapeError` where its input and weights do not fit. */
export function convolutionOf(site: Site): Convolution {
  const input = inputDims(site, 0);
  const weights = inputDims(site, 1);
  if (weights.length !== 4) throw new ShapeError(`Conv with weights of ${weights.length} axes`);
  const groups = intAttribute(site.node, 'group', 1);
  const [outputs, perGroup, kernelY, kernelX] = weights as [number, number, number, number];
  if (input[1] !== perGroup * groups || outputs % groups !== 0) {
    throw new ShapeError(`Conv over ${input[1]} channels with weights for ${perGroup} × ${groups} groups`);
  }
  return { window: windowOf(site.node, input, [kernelY, kernelX]), groups, inputs: input[1], outputs };
}

const conv: Operator = {
  shapes(site) {
    const { window, outputs } = convolutionOf(site);
    return [[inputDims(site, 0)[0]!, outputs, window.y.output, window.x.output]];
  },
  paths: firstInput,
  reach: (site, _input, region): Region =>
    region === 'all' ? 'all' : reachOf(convolutionOf(site).window, region),
};

/** What is known of Conv. */
export const convolutions: Readonly<Record<string, Operator>> = { Conv: conv };
