import { describeLayer } from '../libraries/describeLayer';
import { layerSpecOf } from '../libraries/layerOf';
import type { CallExpression } from '../program';
import { callBuiltin } from './builtins';
import { callJavaScriptBuiltin } from './javaScriptBuiltins';
import { fillComposite, isComposite } from './composites';
import { newObject, type Machine } from './machine';
import { becomeLayer } from './moduleWeights';
import { callTensorFunction } from './tensors';
import {
  containerKind,
  elementsOf,
  isKind,
  lastSegment,
  unknown,
  type Arguments,
  type ObjectValue,
  type Value,
} from './values';

/** Functions of PyTorch that give the module back that they are passed: with its weights normalised, or compiled. */
const givingBack = /^torch\.(nn\.utils\.(\w+\.)?\w+|compile|jit\.(script|trace)|fx\.symbolic_trace)$/;

/** A call of something a library brings: a layer, a container, a function that the interpreter knows. */
export function callLibrary(
  machine: Machine,
  name: string,
  given: Arguments,
  site: CallExpression | null,
): Value {
  const builtin =
    callBuiltin(machine, name, given) ??
    callJavaScriptBuiltin(machine, name, given) ??
    callTensorFunction(machine, name, given);
  if (builtin !== undefined) return builtin;
  const [first] = given.positional;
  if (givingBack.test(name) && isKind(first, 'object')) return first;
  if (machine.language === 'javascript' && name === 'require') {
    const [module] = given.positional;
    return typeof module === 'string' ? { kind: 'symbol', name: module } : unknown;
  }
  if (site === null) return unknown;
  // TensorFlow.js writes `tf.sequential()`.
  const type =
    machine.language === 'javascript' && name.endsWith('.sequential') ? 'Sequential' : lastSegment(name);
  const object: ObjectValue = { kind: 'object', type, attributes: new Map(), layer: null };
  const spec = layerSpecOf(name, machine.language);
  // `Model(inputs, outputs)` ties up layers that were made before; the object gives them its name.
  const container =
    containerKind(object) !== undefined || isComposite(type) || type === 'Model' || name.endsWith('.model');
  if (spec === undefined && !container) return unknown;
  const layer = spec && describeLayer(spec, site, given);
  // A function over something that is not known to be weights, as two feature maps, is no layer.
  if (spec?.weights && layer?.weights === null) return unknown;
  const made = newObject(machine, type);
  if (layer) {
    becomeLayer(made, layer);
    machine.forwarded?.push(made);
  } else initializeFromLibrary(machine, made, type, given, site);
  return made;
}

/** What a library's class does with the arguments of its constructor: children of containers, sizes of layers. */
export function initializeFromLibrary(
  machine: Machine,
  object: ObjectValue,
  library: string,
  given: Arguments,
  site: CallExpression,
): void {
  if (containerKind(object) !== undefined) {
    addChildren(object, given);
    return;
  }
  const spec = layerSpecOf(library, machine.language);
  if (spec) becomeLayer(object, describeLayer(spec, site, given));
  else fillComposite(machine, object, library, given, site);
}

function addChildren(object: ObjectValue, { positional, named }: Arguments): void {
  const [first] = positional;
  const config = isKind(first, 'dictionary') ? first.entries.get('layers') : undefined;
  if (isKind(first, 'dictionary') && config === undefined) {
    for (const [name, child] of first.entries) object.attributes.set(String(name), child);
    return;
  }
  const listed = config ?? named.get('layers') ?? named.get('modules') ?? first;
  // A sequence holds another one as its child; a list of modules takes the modules of what it is given.
  const nested = containerKind(object) === 'Sequential' && isKind(listed, 'object');
  const spread = nested || positional.length > 1 ? undefined : elementsOf(listed ?? null);
  const children = spread ?? positional;
  children.forEach((child, i) => object.attributes.set(String(i), child));
}
