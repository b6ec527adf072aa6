import type { DataType, Tensor } from '../tensor/tensor';

/**
 * The one graph representation of the project. Operators have ONNX names and semantics (`ai.onnx` domain);
 * other formats are translated into them. Everything is readonly: a rewrite makes a new graph that shares
 * what it did not change.
 */
export interface Graph {
  readonly name: string;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Versions of further operator sets, by domain. */
  readonly domains: ReadonlyMap<string, number>;
  /** What the caller feeds; initializers are not listed here even where the file does so. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** In topological order. */
  readonly nodes: readonly GraphNode[];
  /** Weights and other constants, by tensor name. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Free-form metadata of the file: producer, epoch, doc string. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A dimension is a size, or a name or `null` where the model leaves it open. */
export type Dimension = number | string | null;

/** An input or output of a graph as the model declares it. */
export interface Value {
  readonly name: string;
  readonly type: DataType;
  /** `null` where the model declares no shape at all. */
  readonly shape: readonly Dimension[] | null;
}

/** One operator at work: which tensors it reads and makes, by name. */
export interface GraphNode {
  /** Unique in the graph, never empty. */
  readonly name: string;
  readonly op: string;
  /** `''` is the default ONNX operator set. */
  readonly domain: string;
  /** `''` marks an optional input that is left out. */
  readonly inputs: readonly string[];
  /** `''` marks an optional output that is left out. */
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A parameter of a node, by kind. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  /** Subgraphs of If, Loop and Scan, and kinds this project has no use for: kept as the file's bytes. */
  | { readonly kind: 'opaque'; readonly bytes: Uint8Array };

/** What an importer noticed: the graph is usable, the user should know. */
export interface Diagnostic {
  readonly severity: 'warning' | 'error';
  /** One sentence. */
  readonly message: string;
  /** The node it is about. */
  readonly node?: string;
}

/** What an importer makes of a file. */
export interface Imported {
  readonly graph: Graph;
  readonly diagnostics: readonly Diagnostic[];
}
