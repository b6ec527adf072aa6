import type { Attribute, Graph } from '../../src/core/graph/graph';
import { graphBuilder, int, ints, text } from './graphBuilder';
import { seededRandom } from './random';

/** A transposed convolution as ONNX allows it, each attribute left out now and then. */
export function drawTransposed(seed: number): Graph {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pair = (from: number, n: number): [number, number] => [from + below(n), from + below(n)];
  const strides = below(4) > 0 ? pair(1, 4) : undefined;
  const attributes: Record<string, Attribute> = { group: int([1, 3][below(2)]!) };
  if (strides) attributes.strides = ints(...strides);
  const dilations = below(2) > 0 ? pair(1, 3) : undefined;
  if (dilations) attributes.dilations = ints(...dilations);
  const added = [0, 1].map((axis) => below(Math.max(strides?.[axis] ?? 1, dilations?.[axis] ?? 1)));
  if (below(2) > 0) attributes.output_padding = ints(...added);
  const autoPad = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'][below(4)]!;
  if (below(2) > 0) attributes.auto_pad = text(autoPad);
  else if (below(4) > 0) attributes.pads = ints(...pair(0, 3), ...pair(0, 3));
  if (below(3) === 0) attributes.output_shape = ints(...pair(2, 12));
  const g = graphBuilder({ input: [1, 3, ...pair(1, 6)] });
  const weights = g.weight('w', [3, 1 + below(3), ...pair(1, 4)]);
  return g.build({ outputs: [g.node('ConvTranspose', [g.input, weights], { name: 'up', attributes })] });
}
