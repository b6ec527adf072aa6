import type {
  CallExpression,
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Program,
  Statement,
  Target,
} from '../program';
import type { Arguments, ClassValue, ObjectValue, Scope, Value } from './values';

/** How a list of statements ended. */
export type Completion =
  { readonly kind: 'normal' | 'break' | 'continue' } | { readonly kind: 'return'; readonly value: Value };

/**
 * The state of an interpretation, and the functions that need each other. What it makes of a text is a guess at what running it
 * would make; nothing is run, and everything is bounded.
 */
export interface Machine {
  readonly language: Program['language'];
  readonly globals: Scope;
  /** Modules of which all names were imported. */
  readonly importedWhole: string[];
  /** Everything that was made, in order. */
  objects: ObjectValue[];
  /** Functions and classes that were used. */
  used: Set<FunctionDefinition | ClassDefinition>;
  /** Whether a class was given a member after its body: all that is made of it may differ then. */
  changedClasses: boolean;
  /** How many calls are under way. */
  depth: number;
  /** Steps that the task at hand has taken. */
  steps: number;
  /** Steps that all tasks have taken. */
  allSteps: number;
  /** Modules that were called, in order; `null` while models are being built and calls of modules are passed over. */
  forwarded: ObjectValue[] | null;
  /** Counts one step, or as many as the work weighs; throws `OutOfSteps` where a text wants more than it may have. */
  readonly step: (weight?: number) => void;
  readonly evaluate: (expression: Expression, scope: Scope) => Value;
  readonly execute: (statements: readonly Statement[], scope: Scope) => Completion;
  readonly assign: (target: Target, value: Value, scope: Scope) => void;
  /** `site` is the expression that calls; `null` for calls the interpreter makes itself. */
  readonly call: (callee: Value, given: Arguments, site: CallExpression | null) => Value;
  readonly attribute: (object: Value, name: string) => Value;
  readonly instantiate: (type: ClassValue, given: Arguments, site: CallExpression | null) => Value;
}

/** The text asks for more steps, deeper calls or larger values than people write: what was found so far counts. */
export class OutOfSteps extends Error {}

export const limits = {
  /** Expressions and statements that one model may take, and all models of a text together. */
  steps: 300_000,
  allSteps: 2_000_000,
  /** Calls inside calls. */
  depth: 60,
  /** Elements of a list, characters of a text. */
  size: 4_000,
  /** Objects that one model may make. */
  objects: 10_000,
} as const;

export function newObject(machine: Machine, type: ObjectValue['type']): ObjectValue {
  if (machine.objects.length >= limits.objects) throw new OutOfSteps();
  const object: ObjectValue = { kind: 'object', type, attributes: new Map(), layer: null };
  machine.objects.push(object);
  return object;
}
