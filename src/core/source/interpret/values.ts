import type { BuiltLayer } from '../libraries/layerSpec';
import type { ClassDefinition, FunctionDefinition } from '../program';
import type { TensorValue } from '../tensorValue';

/** What an expression can be, as far as it is known without running anything. */
export type Value =
  | number
  | string
  | boolean
  | null
  | ListValue
  | DictionaryValue
  | SliceValue
  | SymbolValue
  | FunctionValue
  | ClassValue
  | ObjectValue
  | MethodValue
  | PartialValue
  | SuperValue
  | TensorValue
  | UnknownValue;

export interface ListValue {
  readonly kind: 'list';
  readonly items: Value[];
}

export interface DictionaryValue {
  readonly kind: 'dictionary';
  readonly entries: Map<number | string, Value>;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly bounds: readonly Value[];
}

/** Something of a library, by its dotted name: `torch.nn.Conv2d`. */
export interface SymbolValue {
  readonly kind: 'symbol';
  readonly name: string;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly definition: FunctionDefinition;
  readonly scope: Scope;
  /** The class that it is a method of. */
  readonly owner: ClassValue | null;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly definition: ClassDefinition;
  readonly bases: readonly Value[];
  readonly members: Map<string, Value>;
  /** Of a data class, in order. */
  readonly fields: readonly string[];
}

/** An instance: of a class of the text, or of a library's. */
export interface ObjectValue {
  readonly kind: 'object';
  /** The last segment of a library's name: `Sequential`. */
  readonly type: ClassValue | string;
  readonly attributes: Map<string, Value>;
  /** The layer it is; a class may inherit from one of a library, and learn its arguments late. */
  layer: BuiltLayer | null;
}

/** A function with the object it is called on; `native` methods are known by their name. */
export interface MethodValue {
  readonly kind: 'method';
  readonly self: Value;
  readonly callee: FunctionValue | { readonly kind: 'native'; readonly name: string };
}

export interface PartialValue {
  readonly kind: 'partial';
  readonly callee: Value;
  readonly bound: Arguments;
}

export interface SuperValue {
  readonly kind: 'super';
  readonly object: ObjectValue;
  readonly owner: ClassValue;
}

export interface UnknownValue {
  readonly kind: 'unknown';
}

/** Evaluated arguments of a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Whether something unknown was spread into the call: there may be further arguments. */
  readonly open: boolean;
}

/** The variables of a function, class body or text. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly parent: Scope | null;
  /** The method that runs: what `super` and names in its body refer to. */
  readonly method: { readonly owner: ClassValue; readonly self: Value } | null;
}

export const unknown: UnknownValue = { kind: 'unknown' };

export const noArguments: Arguments = { positional: [], named: new Map(), open: false };

export function listOf(items: Iterable<Value>): ListValue {
  return { kind: 'list', items: [...items] };
}

export function isKind<K extends Exclude<Value, number | string | boolean | null>['kind']>(
  value: Value | undefined,
  kind: K,
): value is Extract<Value, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** Whether a value counts as true; `undefined` where that is not known. */
export function truthOf(value: Value): boolean | undefined {
  if (value === null) return false;
  if (typeof value !== 'object') return Boolean(value);
  switch (value.kind) {
    case 'list':
      return value.items.length > 0;
    case 'dictionary':
      return value.entries.size > 0;
    case 'unknown':
    case 'symbol':
      return undefined;
    default:
      return true;
  }
}

/** What an operation on a value costs, in steps: long lists and texts cost more. */
export function weightOf(value: Value): number {
  if (typeof value === 'string') return value.length >> 4;
  if (isKind(value, 'list')) return value.items.length >> 2;
  if (isKind(value, 'dictionary')) return value.entries.size >> 2;
  return isKind(value, 'object') ? value.attributes.size >> 2 : 0;
}

/** The elements of what can be walked over; `undefined` where they are not known. */
export function elementsOf(value: Value): readonly Value[] | undefined {
  if (typeof value === 'string') return [...value];
  if (isKind(value, 'list')) return value.items;
  if (isKind(value, 'dictionary')) return [...value.entries.keys()];
  if (isKind(value, 'tensor')) return value.values ?? undefined;
  if (isKind(value, 'class') && isEnumeration(value)) return membersOf(value);
  if (isKind(value, 'object') && isContainer(value)) {
    return keyed.includes(containerKind(value)!)
      ? [...value.attributes.keys()]
      : [...value.attributes.values()];
  }
  return undefined;
}

/** Whether a class of the text is one of Python's enumerations. Its members stand for their values. */
export function isEnumeration(type: ClassValue): boolean {
  return libraryBases(type).some((base) => /^(Int|Str)?(Enum|Flag)$/.test(base));
}

function membersOf({ fields, members }: ClassValue): Value[] {
  return fields.flatMap((field) => members.get(field) ?? []);
}

export type ContainerKind = 'Sequential' | 'ModuleList' | 'ModuleDict' | 'ParameterList' | 'ParameterDict';

const keyed: readonly string[] = ['ModuleDict', 'ParameterDict'];
const containers: readonly string[] = ['Sequential', 'ModuleList', 'ParameterList', ...keyed];

/** Which of the library's containers an object is or inherits from. */
export function containerKind({ type }: ObjectValue): ContainerKind | undefined {
  const found = libraryBases(type).find((name) => containers.includes(name));
  return found as ContainerKind | undefined;
}

export function isContainer(object: ObjectValue): boolean {
  return containerKind(object) !== undefined;
}

/** Last segments of the libraries' names that a class inherits from, nearest first. */
export function libraryBases(type: Value | string): string[] {
  if (typeof type === 'string') return [type];
  if (isKind(type, 'symbol')) return [lastSegment(type.name)];
  return isKind(type, 'class') ? type.bases.flatMap(libraryBases) : [];
}

export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** A member of a class or of what it inherits from. */
export function memberOf(type: ClassValue, name: string): Value | undefined {
  const own = type.members.get(name);
  if (own !== undefined) return own;
  for (const base of type.bases) {
    const inherited = isKind(base, 'class') ? memberOf(base, name) : undefined;
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}
