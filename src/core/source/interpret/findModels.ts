import type { BuiltLayer } from '../libraries/layerSpec';
import type {
  Chunk,
  ClassDefinition,
  FunctionDefinition,
  LoweredChunk,
  Program,
  Statement,
} from '../program';
import type { TensorValue } from '../tensorValue';
import { attempt, createMachine } from './createMachine';
import { dependencies } from './dependencies';
import { limits, type Machine } from './machine';
import { withLenders } from './moduleWeights';
import { namedLayers } from './namedLayers';
import { foundFor } from './reshapedTensors';
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

/** The models of a text, and what makes finding them again quick. */
export interface Interpretation {
  readonly models: readonly FoundModel[];
  /** What all of them depend on. */
  readonly common: readonly Chunk[];
  /** What each function and class at the top was found to make. */
  readonly made: ReadonlyMap<Definition, Made>;
}

type Definition = FunctionDefinition | ClassDefinition;

interface Made {
  readonly models: readonly FoundModel[];
  /** What it depends on besides: while all is the same, so are the models. */
  readonly needs: readonly Chunk[];
  /** Functions and classes that were used for it. */
  readonly used: ReadonlySet<Definition>;
  readonly steps: number;
}

/**
 * The models of a text: those it makes at its top, then what its functions return and its classes are. Functions and classes that
 * another statement mentions are parts, and models only where nobody comes to use them. What they made `before` they are not asked
 * to make again, as long as nothing that it depends on has changed.
 */
export function findModels(
  language: Program['language'],
  chunks: readonly LoweredChunk[],
  before?: Interpretation,
): Interpretation {
  const machine = createMachine(language);
  for (const { statements } of chunks) attempt(machine, () => machine.execute(statements, machine.globals));
  const models = modelsOf(machine, '', unknown);
  const makers = makersOf(machine, chunks);
  const { common, of: needsOf } = dependencies(chunks);
  const known = before && areSame(before.common, common) ? before.made : undefined;
  const made = new Map<Definition, Made>();
  machine.changedClasses = false;
  const run = (maker: Maker) => {
    const needs = needsOf(maker.chunk);
    const result =
      madeBefore(machine, known?.get(maker.value.definition), needs) ?? make(machine, maker, needs);
    for (const used of result.used) machine.used.add(used);
    models.push(...result.models);
    // What ran out of the steps of the whole text depends on more than its needs.
    if (machine.allSteps <= limits.allSteps) made.set(maker.value.definition, result);
  };
  makers.filter(({ mentioned }) => !mentioned).forEach(run);
  for (const maker of makers) {
    if (maker.mentioned && !machine.used.has(maker.value.definition)) run(maker);
  }
  if (!machine.changedClasses) return { models, common, made };
  // A function changed what others are made of: nothing that was made without it counts.
  return known ? findModels(language, chunks) : { models, common, made: new Map() };
}

/** What was made, as if it had been made now; `undefined` where it would be something else. */
function madeBefore(machine: Machine, result: Made | undefined, needs: readonly Chunk[]): Made | undefined {
  if (!result || !areSame(result.needs, needs)) return undefined;
  if (machine.allSteps + result.steps > limits.allSteps) return undefined;
  machine.allSteps += result.steps;
  return result;
}

function areSame(a: readonly Chunk[], b: readonly Chunk[]): boolean {
  return a.length === b.length && a.every((chunk, i) => chunk === b[i]);
}

function make(machine: Machine, { name, value }: Maker, needs: readonly Chunk[]): Made {
  const { used: usedBefore, allSteps: stepsBefore } = machine;
  machine.used = new Set();
  const models = modelsMadeBy(machine, name, value);
  const { used, allSteps } = machine;
  machine.used = usedBefore;
  return { models, needs, used, steps: allSteps - stepsBefore };
}

interface Maker {
  readonly name: string;
  readonly chunk: LoweredChunk;
  readonly value: FunctionValue | ClassValue;
  /** Whether another statement at the top names it. */
  readonly mentioned: boolean;
}

/** Functions and classes at the top of a text, in its order. */
function makersOf({ globals }: Machine, chunks: readonly LoweredChunk[]): Maker[] {
  const mentions = new Map<string, number>();
  for (const { names } of chunks) for (const name of names) mentions.set(name, (mentions.get(name) ?? 0) + 1);
  return chunks.flatMap((chunk) =>
    definedNames(chunk.statements).flatMap((name): Maker[] => {
      const value = globals.variables.get(name);
      if (!isKind(value, 'function') && !isKind(value, 'class')) return [];
      const mentioned = (mentions.get(name) ?? 0) > (chunk.names.has(name) ? 1 : 0);
      return [{ name, chunk, value, mentioned }];
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
  if (!returned)
    add(maker || nameOf(machine, loose[0]) || 'model', named(withLenders(loose, new Set()), new Map()));
  return models;
}

/** The layers of a module in the order in which a pass through it calls them; those that it does not seem to call come last. */
function layersInOrder(machine: Machine, top: ObjectValue): NamedLayer[] {
  const paths = namedLayers(top);
  const forwarded: ObjectValue[] = [];
  machine.forwarded = forwarded;
  attempt(machine, () => machine.call(top, { positional: [unknown], named: new Map(), open: true }, null));
  machine.forwarded = null;
  const modules = [...paths.keys()].filter((value) => isKind(value, 'object'));
  const called = new Set(forwarded);
  return named(withLenders([...new Set([...forwarded, ...modules])], called), paths);
}

function named(
  layers: Iterable<ObjectValue>,
  paths: ReadonlyMap<ObjectValue | TensorValue, string>,
): NamedLayer[] {
  return [...layers].flatMap((object) => {
    const { layer } = object;
    if (layer === null) return [];
    const ofWeights = foundFor(layer.weights, (held) => paths.get(held));
    return [{ path: paths.get(object) ?? ofWeights ?? layer.name ?? '', layer }];
  });
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
