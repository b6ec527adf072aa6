import type { SourceRange } from './definition';

/**
 * What languages have in common, as far as it matters to what a network is made of. Python and JavaScript are lowered to it,
 * and one interpreter reads it. What has no counterpart is `unknown`.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number | string | boolean | null; readonly place: Place }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'slice'; readonly bounds: readonly (Expression | null)[] }
  | CallExpression
  /** Lists, tuples and sets. */
  | { readonly kind: 'list'; readonly items: readonly Item[]; readonly place: Place }
  | { readonly kind: 'dictionary'; readonly entries: readonly Entry[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  /** Arithmetic, comparison and logic. */
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | Comprehension
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  /** Parts of a text in a row: f-strings and template strings. */
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  /** Assigns and is the value. */
  | { readonly kind: 'assignment'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'unknown'; readonly parts: readonly Expression[] };

export interface CallExpression {
  readonly kind: 'call';
  readonly callee: Expression;
  /** The callee as it is written. */
  readonly text: string;
  readonly arguments: readonly Argument[];
  readonly place: Place;
}

export interface Comprehension {
  readonly kind: 'comprehension';
  /** Of a dictionary where there is a key. */
  readonly key: Expression | null;
  readonly value: Expression;
  readonly clauses: readonly (
    | { readonly kind: 'for'; readonly target: Target; readonly iterable: Expression }
    | { readonly kind: 'if'; readonly test: Expression }
  )[];
}

export interface Item {
  readonly spread: 'none' | 'items';
  readonly value: Expression;
}

export interface Entry {
  /** `null` spreads a dictionary. */
  readonly key: Expression | null;
  readonly value: Expression;
}

export interface Argument {
  readonly spread: 'none' | 'items' | 'entries';
  /** `null` for a positional argument. */
  readonly name: string | null;
  readonly value: Expression;
}

export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
  /** Takes a list apart; `rest` takes what is left. */
  | { readonly kind: 'items'; readonly targets: readonly Target[]; readonly rest: number | null }
  /** Takes members by name. */
  | { readonly kind: 'members'; readonly members: readonly Member[] }
  | { readonly kind: 'nothing' };

export interface Member {
  readonly name: string;
  readonly target: Target;
  /** What counts where there is no such member. */
  readonly fallback: Expression | null;
}

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression }
  /** `null` declares without a value, as the fields of a data class. */
  | { readonly kind: 'assign'; readonly targets: readonly Target[]; readonly value: Expression | null }
  | {
      readonly kind: 'augment';
      readonly target: Target;
      readonly current: Expression;
      readonly operator: string;
      readonly value: Expression;
    }
  /** `everything` takes all names of a module. */
  | { readonly kind: 'import'; readonly name: string; readonly symbol: string }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly iterable: Expression;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'while';
      readonly test: Expression;
      readonly body: readonly Statement[];
      /** Runs after the body, also where that continues. */
      readonly update: readonly Statement[];
    }
  | { readonly kind: 'return'; readonly value: Expression | null }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  | { readonly kind: 'class'; readonly definition: ClassDefinition };

export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  /** Last segments of the decorators' names. */
  readonly decorators: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | null;
  /** What it is said to be. */
  readonly type: Expression | null;
  /** `items` takes the positional arguments that are left, `entries` the named ones, `named` is passed by name only. */
  readonly takes: 'one' | 'named' | 'items' | 'entries';
  /** Takes the argument apart. */
  readonly pattern: Target | null;
}

export interface ClassDefinition {
  readonly name: string;
  readonly bases: readonly Expression[];
  readonly body: readonly Statement[];
  readonly decorators: readonly string[];
}

/** Where something stands; rows are relative to the chunk. */
export interface Place {
  readonly chunk: Chunk;
  readonly range: SourceRange;
}

/** Identity of a statement at the top of a text. It keeps it when it moves, so that its lowered form is used again. */
export interface Chunk {
  readonly text: string;
}

/** A statement at the top, lowered. */
export interface LoweredChunk {
  readonly chunk: Chunk;
  /** The line that it starts on. */
  readonly line: number;
  readonly statements: readonly Statement[];
  /** All names that occur in it. */
  readonly names: ReadonlySet<string>;
}

/** One text, or one cell of a notebook, lowered. */
export interface Program {
  readonly language: 'python' | 'javascript';
  readonly chunks: readonly LoweredChunk[];
}

/** The name of an import that takes all of a module. */
export const everything = '*';

export const unknownExpression: Expression = { kind: 'unknown', parts: [] };
