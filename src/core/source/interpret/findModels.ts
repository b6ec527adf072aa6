import type { BuiltLayer } from '../libraries/layerSpec';
import type { LoweredChunk, Program, Statement } from '../program';
import { attempt, createMachine } from './createMachine';
import type { Machine } from './machine';
import { namedLayers } from './namedLayers';
import { isKind, unknown, type ClassValue, type FunctionValue, type ObjectValue, type Value } from './values';

/** A layer as part of a model, under its name there. */
export interface NamedLayer {
  readonly path: string;
  readonly layer: BuiltLayer;
}

/** A model that a text can make, its layers in the order in which they run, as far as that is known. */
export interface FoundModel {
  readonly name: string;
  readonly layers: readonly NamedLayer[];
}

/**
 * The models of a text: those it makes at its top, then what its functions return and its classes are. Functions and classes that
 * another statement mentions are parts, and models only where nobody comes to use them.
 */
export function findModels(language: Program['language'], chunks: readonly LoweredChunk[]): FoundModel[] {
  const machine = createMachine(language);
  for (const { statements } of chunks) attempt(machine, () => machine.execute(statements, machine.globals));
  const models = modelsOf(machine, '', unknown);
  const makers = makersOf(machine, chunks);
  const run = ({ name, value }: Maker) => models.push(...modelsMadeBy(machine, name, value));
  makers.filter(({ mentioned }) => !mentioned).forEach(run);
  for (const maker of makers) {
    if (maker.mentioned && !machine.used.has(maker.value.definition)) run(maker);
  }
  return models;
}

interface Maker {
  readonly name: string;
  readonly value: FunctionValue | ClassValue;
  /** Whether another statement at the top names it. */
  readonly mentioned: boolean;
}

/** Functions and classes at the top of a text, in its order. */
function makersOf({ globals }: Machine, chunks: readonly LoweredChunk[]): Maker[] {
  return chunks.flatMap((chunk) =>
    definedNames(chunk.statements).flatMap((name): Maker[] => {
      const value = globals.variables.get(name);
      if (!isKind(value, 'function') && !isKind(value, 'class')) return [];
      const mentioned = chunks.some((other) => other !== chunk && other.names.has(name));
      return [{ name, value, mentioned }];
    }),
  );
}

function definedNames(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'function' || statement.kind === 'class') return [statement.definition.name];
    if (statement.kind !== 'assign' || statement.value?.kind !== 'function') return [];
    return statement.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
  });
}

function modelsMadeBy(machine: Machine, name: string, value: FunctionValue | ClassValue): FoundModel[] {
  machine.objects = [];
  const given = { positional: [], named: new Map<string, Value>(), open: true };
  const result = attempt(machine, () => machine.call(value, given, null));
  return modelsOf(machine, name, result ?? unknown);
}

/** The models among the objects that were just made. */
function modelsOf(machine: Machine, maker: string, result: Value): FoundModel[] {
  const made = machine.objects;
  const children = new Set(made.flatMap((object) => [...object.attributes.values()]));
  const tops = made.filter((object) => !children.has(object) && object.layer === null);
  const models: FoundModel[] = [];
  const add = (name: string, layers: readonly NamedLayer[]) => {
    if (layers.some(({ layer }) => hasWeights(layer))) models.push({ name, layers });
  };
  const loose = made.filter((object) => object.layer !== null && !children.has(object));
  const tied = loose.some(
    ({ layer }) => layer !== null && hasWeights(layer) && layer.spec.library !== 'torch',
  );
  if (tied) {
    const paths = new Map(tops.flatMap((top) => [...namedLayers(top)]));
    const layers = made.filter(({ layer }) => layer !== null);
    add(maker || nameOf(machine, tops.at(-1)) || 'model', named(layers, paths));
    return models;
  }
  const returned = tops.find((top) => top === result);
  for (const top of returned ? [returned] : tops) {
    const own = top === result || typeof top.type === 'string' ? maker : '';
    add(own || nameOf(machine, top) || 'model', layersInOrder(machine, top));
  }
  if (!returned) add(maker || nameOf(machine, loose[0]) || 'model', named(loose, new Map()));
  return models;
}

/** The layers of a module in the order in which a pass through it calls them; those that it does not seem to call come last. */
function layersInOrder(machine: Machine, top: ObjectValue): NamedLayer[] {
  const paths = namedLayers(top);
  const forwarded: ObjectValue[] = [];
  machine.forwarded = forwarded;
  attempt(machine, () => machine.call(top, { positional: [unknown], named: new Map(), open: true }, null));
  machine.forwarded = null;
  return named(new Set([...forwarded, ...paths.keys()]), paths);
}

function named(layers: Iterable<ObjectValue>, paths: ReadonlyMap<ObjectValue, string>): NamedLayer[] {
  return [...layers].flatMap((object) =>
    object.layer === null
      ? []
      : [{ path: paths.get(object) ?? object.layer.name ?? '', layer: object.layer }],
  );
}

/** The variable at the top that holds an object, else its class. */
function nameOf({ globals }: Machine, object: ObjectValue | undefined): string | undefined {
  if (object === undefined) return undefined;
  for (const [name, value] of globals.variables) if (value === object) return name;
  return isKind(object.type as Value, 'class') ? (object.type as ClassValue).definition.name : undefined;
}

function hasWeights({ spec }: BuiltLayer): boolean {
  return ['convolution', 'transposedConvolution', 'dense'].includes(spec.kind);
}
