import { describeLayer } from '../libraries/describeLayer';
import { layerSpecOf } from '../libraries/layerOf';
import type { CallExpression } from '../program';
import { newObject, type Machine } from './machine';
import type { Arguments, ObjectValue, Value } from './values';

/**
 * Blocks that torchvision brings ready-made (`torchvision.ops`): the call in the text stands for the layers inside. `undefined`
 * for names that are none.
 */
export function buildComposite(
  machine: Machine,
  name: string,
  given: Arguments,
  site: CallExpression,
): Value | undefined {
  switch (name) {
    case 'Conv2dNormActivation':
    case 'ConvNormActivation':
      return convNormActivation(machine, given, site);
    case 'SqueezeExcitation':
      return squeezeExcitation(machine, given, site);
    default:
      return undefined;
  }
}

const convolutionParameters = ['in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'groups'];

/** The convolution is `0`; normalisation and activation follow it under the same call and stand for nothing more. */
function convNormActivation(machine: Machine, given: Arguments, site: CallExpression): Value {
  const named = new Map(given.named);
  given.positional.forEach((value, i) => {
    const parameter = convolutionParameters[i];
    if (parameter !== undefined) named.set(parameter, value);
  });
  const kernel = named.get('kernel_size') ?? 3;
  const dilation = named.get('dilation') ?? 1;
  named.set('kernel_size', kernel);
  const padding = named.get('padding') ?? null;
  const numbers = typeof kernel === 'number' && typeof dilation === 'number';
  if (padding === null && numbers) named.set('padding', ((kernel - 1) / 2) * dilation);
  const block = newObject(machine, 'Sequential');
  addConvolution(machine, block, '0', { positional: [], named, open: given.open }, site);
  return block;
}

/** Two convolutions of 1x1, `fc1` and `fc2`, that gate the channels. */
function squeezeExcitation(machine: Machine, { positional, named }: Arguments, site: CallExpression): Value {
  const channels = positional[0] ?? named.get('input_channels');
  const squeezed = positional[1] ?? named.get('squeeze_channels');
  const block = newObject(machine, 'SqueezeExcitation');
  const sizes = (from: Value | undefined, to: Value | undefined): Arguments => {
    const known = new Map<string, Value>([['kernel_size', 1]]);
    if (from !== undefined) known.set('in_channels', from);
    if (to !== undefined) known.set('out_channels', to);
    return { positional: [], named: known, open: false };
  };
  addConvolution(machine, block, 'fc1', sizes(channels, squeezed), site);
  addConvolution(machine, block, 'fc2', sizes(squeezed, channels), site);
  return block;
}

function addConvolution(
  machine: Machine,
  block: ObjectValue,
  name: string,
  given: Arguments,
  site: CallExpression,
): void {
  const layer = newObject(machine, 'Conv2d');
  // The numbers of the call are those of the block: they are not edited as the layer's.
  layer.layer = { ...describeLayer(layerSpecOf('torch.nn.Conv2d', 'python')!, site, given), literals: {} };
  block.attributes.set(name, layer);
}
