import { describeLayer } from '../libraries/describeLayer';
import { layerSpecOf } from '../libraries/layerOf';
import type { BuiltLayer } from '../libraries/layerSpec';
import type { CallExpression } from '../program';
import { newObject, type Machine } from './machine';
import { becomeLayer } from './moduleWeights';
import { elementsOf, unknown, type Arguments, type ObjectValue, type Value } from './values';

/** Blocks that PyTorch and `torchvision.ops` bring ready-made: the call in the text stands for the layers inside. */
export function isComposite(name: string): boolean {
  return Object.hasOwn(composites, name);
}

/** Gives a block the layers that the library's of this name makes; a class of the text may inherit from it. */
export function fillComposite(
  machine: Machine,
  block: ObjectValue,
  name: string,
  given: Arguments,
  site: CallExpression,
): void {
  if (isComposite(name)) composites[name]!(machine, block, given, site);
}

type Fill = (machine: Machine, block: ObjectValue, given: Arguments, site: CallExpression) => void;

const composites: Readonly<Record<string, Fill>> = {
  Conv2dNormActivation: convNormActivation,
  ConvNormActivation: convNormActivation,
  SqueezeExcitation: squeezeExcitation,
  MLP: perceptron,
  MultiheadAttention: attention,
};

const convolutionParameters = ['in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'groups'];

/** The convolution is `0`; normalisation and activation follow it under the same call and stand for nothing more. */
function convNormActivation(
  machine: Machine,
  block: ObjectValue,
  given: Arguments,
  site: CallExpression,
): void {
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
  addConvolution(machine, block, '0', { positional: [], named, open: given.open }, site);
}

/** Two convolutions of 1x1, `fc1` and `fc2`, that gate the channels. */
function squeezeExcitation(
  machine: Machine,
  block: ObjectValue,
  { positional, named }: Arguments,
  site: CallExpression,
): void {
  const channels = positional[0] ?? named.get('input_channels');
  const squeezed = positional[1] ?? named.get('squeeze_channels');
  const sizes = (from: Value | undefined, to: Value | undefined): Arguments => {
    const known = new Map<string, Value>([['kernel_size', 1]]);
    if (from !== undefined) known.set('in_channels', from);
    if (to !== undefined) known.set('out_channels', to);
    return { positional: [], named: known, open: false };
  };
  addConvolution(machine, block, 'fc1', sizes(channels, squeezed), site);
  addConvolution(machine, block, 'fc2', sizes(squeezed, channels), site);
}

/** Fully connected layers, each but the last with an activation and a dropout behind it, and a normalisation before these where one is given. */
function perceptron(
  machine: Machine,
  block: ObjectValue,
  { positional, named }: Arguments,
  site: CallExpression,
): void {
  const widths = elementsOf(positional[1] ?? named.get('hidden_channels') ?? unknown);
  const between = (positional[2] ?? named.get('norm_layer') ?? null) === null ? 2 : 3;
  let from: Value = positional[0] ?? named.get('in_channels') ?? unknown;
  (widths ?? []).forEach((to, i) => {
    addDense(machine, block, { name: String(i * (between + 1)), from, to }, site);
    from = to;
  });
}

/** `in_proj` makes queries, keys and values at once, unless keys or values come in another width; `out_proj` is behind. */
function attention(
  machine: Machine,
  block: ObjectValue,
  { positional, named }: Arguments,
  site: CallExpression,
): void {
  const width = positional[0] ?? named.get('embed_dim') ?? unknown;
  const [keys, values] = [positional[6] ?? named.get('kdim'), positional[7] ?? named.get('vdim')];
  if ((keys ?? null) === null && (values ?? null) === null) {
    const to = typeof width === 'number' ? 3 * width : unknown;
    addDense(machine, block, { name: 'in_proj', from: width, to }, site);
  }
  addDense(machine, block, { name: 'out_proj', from: width, to: width }, site);
}

interface Dense {
  readonly name: string;
  readonly from: Value;
  readonly to: Value;
}

function addDense(
  machine: Machine,
  block: ObjectValue,
  { name, from, to }: Dense,
  site: CallExpression,
): void {
  const layer = newObject(machine, 'Linear');
  const given = { positional: [from, to], named: new Map<string, Value>(), open: false };
  becomeLayer(layer, withoutLiterals(describeLayer(layerSpecOf('torch.nn.Linear', 'python')!, site, given)));
  block.attributes.set(name, layer);
}

function addConvolution(
  machine: Machine,
  block: ObjectValue,
  name: string,
  given: Arguments,
  site: CallExpression,
): void {
  const layer = newObject(machine, 'Conv2d');
  becomeLayer(layer, withoutLiterals(describeLayer(layerSpecOf('torch.nn.Conv2d', 'python')!, site, given)));
  block.attributes.set(name, layer);
}

/** The numbers of the call are those of the block: they are not edited as the layer's. */
function withoutLiterals(layer: BuiltLayer): BuiltLayer {
  return { ...layer, literals: {} };
}
