import { statisticsOf } from './layerNorm';
import { scaleMaps } from './pointwise';
import type { Rule, Step } from '../rule';
import { floatAttribute } from '../../graph/attributes';
import { constantInput, inputDims } from '../../ops/site';
import { toFloat32 } from '../../tensor/tensor';

/**
 * Instance norm: the factor and the deviation of each map go down, frozen at their forward values as a gate is; nothing goes down to the
 * mean and the deviation. The paper does not know it.
 */
export const scaleInstanceNorm: Rule = {
  needs: (site) => [site.node.inputs[0]!],
  refuses: (site) => (constantInput(site, 1) ? undefined : 'its factors depend on the image'),
  approximate: () => 'its mean and deviation are frozen at their forward values; nothing goes down to them',
  down: (step) => scaleMaps(step, instanceNormGains(step)),
};

/** The true derivative of a unit behind an instance norm reaches every pixel of the picture. */
export const refuseInstanceNorm: Rule = {
  ...scaleInstanceNorm,
  approximate: () => undefined,
  refuses: () =>
    'its derivative leads to every pixel, through mean and deviation; take the deconvnet or guided backpropagation',
};

/** gamma / sqrt(variance + epsilon), with the variance of each map of each image as it was on the way up. */
function instanceNormGains(step: Step): Float32Array {
  const { site } = step;
  const [images, channels] = inputDims(site, 0) as readonly [number, number];
  const values = step.recorded(site.node.inputs[0]!);
  const gamma = toFloat32(constantInput(site, 1)!);
  const epsilon = floatAttribute(site.node, 'epsilon', 1e-5);
  const length = values.length / (images * channels);
  return Float32Array.from({ length: images * channels }, (_, map) => {
    const { scale } = statisticsOf(values, { start: map * length, step: 1, length }, epsilon);
    return gamma[map % channels]! * scale;
  });
}
