import type { ArgumentName, LayerArguments, LayerKind } from '../definition';
import type { Place } from '../program';
import type { TensorValue } from '../tensorValue';

/** What a library's layer takes, by the library's own names. */
export interface LayerSpec {
  readonly kind: LayerKind;
  readonly library: 'torch' | 'keras' | 'tfjs' | 'flax';
  /** Names of the positional parameters in order; `''` for what does not matter here. */
  readonly parameters: readonly string[];
  /** Which parameter tells what. */
  readonly meaning: Readonly<Partial<Record<ArgumentName, string>>>;
  /** What holds where the call leaves a parameter out. */
  readonly fallbacks: LayerArguments;
  /** 1 for layers of sequences: their one size is the width. */
  readonly axes: 1 | 2;
  /** For functions that are passed their weights: the parameter, and what the axes of its tensor are. */
  readonly weights?: { readonly parameter: string; readonly axes: readonly WeightAxis[] };
  /** One layer of the library that is two in a graph: a convolution of each map by itself, then one by one across them. */
  readonly separable?: true;
}

export type WeightAxis = 'inChannels' | 'outChannels' | 'height' | 'width';

/** A layer that was built while the text was interpreted. */
export interface BuiltLayer {
  readonly spec: LayerSpec;
  /** As it is called in the text. */
  readonly callee: string;
  readonly place: Place;
  readonly arguments: LayerArguments;
  readonly literals: Readonly<Partial<Record<ArgumentName, Place>>>;
  /** The weights that a function is passed: what they are called is the layer's name. */
  readonly weights: TensorValue | null;
  /** What the code calls it itself: Keras' `name=`. */
  readonly name: string | null;
  readonly notes: readonly string[];
}

/** The same for several names. */
export function sameFor(names: readonly string[], spec: LayerSpec): Record<string, LayerSpec> {
  return Object.fromEntries(names.map((name) => [name, spec]));
}
