import type { ArgumentName } from '../definition';
import { elementsOf, isKind, type Arguments, type Value } from '../interpret/values';
import type { CallExpression, Expression, Place } from '../program';
import { argumentsOfShape } from './argumentsOfShape';
import type { BuiltLayer, LayerSpec } from './layerSpec';

const pairs: readonly ArgumentName[] = ['kernel', 'stride', 'dilation'];

/** A layer from the arguments of the call that makes it. What is not known of them is left out. */
export function describeLayer(spec: LayerSpec, call: CallExpression, given: Arguments): BuiltLayer {
  const args = spec.library === 'tfjs' ? byMember(given) : given;
  const known: Record<string, unknown> = {};
  const unclear: string[] = [];
  for (const argument of Object.keys(spec.meaning) as ArgumentName[]) {
    const parameter = spec.meaning[argument]!;
    const value = argumentNamed(parameter, spec, args);
    if (value === undefined || value === null) continue;
    const read = readArgument(argument, value, spec.axes);
    if (read === undefined) unclear.push(parameter);
    else known[argument] = read;
  }
  const isLeftOut = (argument: ArgumentName) => {
    const parameter = spec.meaning[argument];
    return parameter === undefined || argumentNamed(parameter, spec, args) === undefined;
  };
  if (!args.open) {
    for (const argument of Object.keys(spec.fallbacks) as ArgumentName[]) {
      if (isLeftOut(argument)) known[argument] = spec.fallbacks[argument];
    }
    const { kernel } = known;
    if (spec.kind === 'pooling' && kernel !== undefined && isLeftOut('stride')) known.stride ??= kernel;
  }
  const weights = spec.weights && argumentNamed(spec.weights.parameter, spec, args);
  if (spec.weights && isKind(weights, 'tensor')) {
    const groups = spec.meaning.groups === undefined ? 1 : (known.groups as number | undefined);
    const said = argumentsOfShape(spec.weights.axes, weights.shape, groups);
    Object.assign(known, said);
    if (said.outChannels === undefined || said.inChannels === undefined) unclear.push(spec.weights.parameter);
  }
  const name = args.named.get('name');
  return {
    spec,
    callee: call.text,
    place: call.place,
    arguments: known,
    literals: literalsOf(spec, call),
    weights: isKind(weights, 'tensor') ? weights : null,
    name: typeof name === 'string' ? name : null,
    notes: unclear.length === 0 ? [] : [`Not known without running the code: ${unclear.join(', ')}.`],
  };
}

/** TensorFlow.js passes one object; its members are the arguments. */
function byMember({ positional, open }: Arguments): Arguments {
  const [config] = positional;
  if (!isKind(config, 'dictionary'))
    return { positional: [], named: new Map(), open: open || config !== undefined };
  const named = new Map([...config.entries].map(([key, value]) => [String(key), value]));
  return { positional: [], named, open };
}

function argumentNamed(
  parameter: string,
  spec: LayerSpec,
  { positional, named }: Arguments,
): Value | undefined {
  const given = named.get(parameter);
  if (given !== undefined) return given;
  const index = spec.parameters.indexOf(parameter);
  return index < 0 ? undefined : positional[index];
}

function readArgument(argument: ArgumentName, value: Value, axes: LayerSpec['axes']) {
  if (argument === 'padding' && typeof value === 'string') {
    const padding = value.toLowerCase();
    return padding === 'same' || padding === 'valid' ? padding : undefined;
  }
  if (argument === 'padding' || pairs.includes(argument)) return readPair(value, argument, axes);
  return isCount(value) ? value : undefined;
}

function readPair(
  value: Value,
  argument: ArgumentName,
  axes: LayerSpec['axes'],
): readonly [number, number] | undefined {
  const across = argument === 'padding' ? 0 : 1;
  if (isCount(value)) return axes === 1 ? [across, value] : [value, value];
  const [first, second, ...others] = isKind(value, 'list') ? (elementsOf(value) ?? []) : [];
  if (!isCount(first) || others.length > 0) return undefined;
  if (second === undefined) return axes === 1 ? [across, first] : [first, first];
  return isCount(second) ? [first, second] : undefined;
}

function isCount(value: Value | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Where the numbers of a call stand in the call itself, so that they may be edited there. */
function literalsOf(spec: LayerSpec, call: CallExpression): BuiltLayer['literals'] {
  const literals: Partial<Record<ArgumentName, Place>> = {};
  for (const argument of Object.keys(spec.meaning) as ArgumentName[]) {
    const expression = expressionFor(spec.meaning[argument]!, spec, call);
    if (expression && isLiteral(expression)) literals[argument] = expression.place;
  }
  return literals;
}

function expressionFor(parameter: string, spec: LayerSpec, call: CallExpression): Expression | undefined {
  if (spec.library === 'tfjs') {
    const config = call.arguments[0]?.value;
    if (config?.kind !== 'dictionary') return undefined;
    return config.entries.find(({ key }) => key?.kind === 'literal' && key.value === parameter)?.value;
  }
  const named = call.arguments.find(({ name }) => name === parameter);
  if (named) return named.value;
  const index = spec.parameters.indexOf(parameter);
  const before = call.arguments.slice(0, index + 1);
  const positional = index >= 0 && before.every(({ spread, name }) => spread === 'none' && name === null);
  return positional ? before[index]?.value : undefined;
}

type Literal = Extract<Expression, { kind: 'literal' | 'list' }>;

function isLiteral(expression: Expression): expression is Literal {
  if (expression.kind === 'literal') return typeof expression.value === 'number';
  return expression.kind === 'list' && expression.items.every(({ value }) => isLiteral(value));
}
