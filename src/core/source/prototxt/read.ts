import type {
  ArgumentName,
  LayerArguments,
  LayerDefinition,
  LayerKind,
  SourceRange,
  SourceReading,
} from '../definition';
import { parseTextFormat, type TextField, type TextMessage } from './parse';

const kinds: Readonly<Record<string, LayerKind>> = {
  Convolution: 'convolution',
  CONVOLUTION: 'convolution',
  Deconvolution: 'transposedConvolution',
  InnerProduct: 'dense',
  INNER_PRODUCT: 'dense',
  Pooling: 'pooling',
  POOLING: 'pooling',
  BatchNorm: 'normalization',
  LRN: 'normalization',
  ReLU: 'activation',
  RELU: 'activation',
  PReLU: 'activation',
  ELU: 'activation',
  Sigmoid: 'activation',
  TanH: 'activation',
};

const parameters = ['convolution_param', 'inner_product_param', 'pooling_param'];

/** The layers of a network that Caffe describes: `layer { name: "conv1" type: "Convolution" … }`, `layers` in older files. */
export function readPrototxt(text: string): SourceReading {
  const message = parseTextFormat(text);
  const layers = message.flatMap((field) => {
    const type = /^layers?$/.test(field.name) ? textOf(membersOf(field), 'type') : '';
    return Object.hasOwn(kinds, type) ? [{ field, type, kind: kinds[type]! }] : [];
  });
  const definitions = layers.map(({ field, type, kind }, order): LayerDefinition => {
    const path = textOf(membersOf(field), 'name');
    return {
      kind,
      callee: type,
      range: field.range,
      literals: literalsOf(field, kind),
      uses: [{ model: 0, path, arguments: argumentsOf(field, kind), order }],
      notes: [],
    };
  });
  if (definitions.length === 0) return { models: [], definitions };
  return {
    models: [{ name: textOf(message, 'name') || 'network', layers: definitions.length }],
    definitions,
  };
}

function membersOf({ value }: TextField): TextMessage {
  return typeof value === 'string' ? [] : value;
}

function textOf(message: TextMessage, name: string): string {
  const value = message.find((field) => field.name === name)?.value;
  return typeof value === 'string' ? value : '';
}

function settingsOf(layer: TextField): TextMessage {
  return membersOf(layer)
    .filter(({ name }) => parameters.includes(name))
    .flatMap(membersOf);
}

function argumentsOf(layer: TextField, kind: LayerKind): LayerArguments {
  const settings = settingsOf(layer);
  const outChannels = numbersOf(settings, 'num_output')[0];
  if (kind === 'dense') return outChannels === undefined ? {} : { outChannels };
  if (kind !== 'convolution' && kind !== 'transposedConvolution' && kind !== 'pooling') return {};
  const kernel = pairOf(settings, 'kernel', 'kernel_size');
  return {
    ...(outChannels === undefined ? {} : { outChannels }),
    ...(kernel === undefined ? {} : { kernel }),
    stride: pairOf(settings, 'stride', 'stride') ?? [1, 1],
    padding: pairOf(settings, 'pad', 'pad') ?? [0, 0],
    dilation: pairOf(settings, 'dilation', 'dilation') ?? [1, 1],
    groups: numbersOf(settings, 'group')[0] ?? 1,
  };
}

/** `stride: 2`, the field twice for height and width, or `stride_h` and `stride_w`. */
function pairOf(settings: TextMessage, stem: string, name: string): readonly [number, number] | undefined {
  const [height, width = height] = numbersOf(settings, name);
  if (height !== undefined && width !== undefined) return [height, width];
  const [tall] = numbersOf(settings, `${stem}_h`);
  const [wide] = numbersOf(settings, `${stem}_w`);
  return tall === undefined || wide === undefined ? undefined : [tall, wide];
}

function numbersOf(settings: TextMessage, name: string): number[] {
  return settings
    .filter((field) => field.name === name)
    .map(({ value }) => Number(value))
    .filter((value) => Number.isInteger(value) && value >= 0);
}

const literalNames: Readonly<Record<string, ArgumentName>> = {
  num_output: 'outChannels',
  kernel_size: 'kernel',
  stride: 'stride',
  pad: 'padding',
  dilation: 'dilation',
  group: 'groups',
};

function literalsOf(layer: TextField, kind: LayerKind): Readonly<Partial<Record<ArgumentName, SourceRange>>> {
  if (kind === 'normalization' || kind === 'activation') return {};
  const literals: Partial<Record<ArgumentName, SourceRange>> = {};
  for (const { name, range } of settingsOf(layer)) {
    if (Object.hasOwn(literalNames, name)) literals[literalNames[name]!] ??= range;
  }
  return literals;
}
