import type { LayerTraits } from '../graph/layerTraits';
import type { ArgumentName, LayerDefinition, LayerUse, SourceModel } from './definition';

/** A layer of a loaded model as far as matching looks at it. */
export interface GraphLayer {
  readonly label: string;
  readonly traits: LayerTraits;
}

/** A number that the code and the loaded model do not agree on. */
export interface Mismatch {
  readonly argument: ArgumentName;
  readonly source: readonly number[];
  readonly model: readonly number[];
}

/** One layer of the loaded model and the line that defines it. */
export interface LayerMatch {
  readonly definition: LayerDefinition;
  /** Which of the definition's uses it is. */
  readonly use: LayerUse;
  /** The label of the layer. */
  readonly layer: string;
  readonly traits: LayerTraits;
  readonly how: 'name' | 'order';
  /** Empty where code and model agree. */
  readonly mismatches: readonly Mismatch[];
}

/** How a text and a loaded model belong together. */
export interface SourceMatch {
  /** The model of the text that fits best: `resnet18` of a file that defines five; `null` where none has layers. */
  readonly model: SourceModel | null;
  /** In the order of the loaded model's layers. */
  readonly layers: readonly LayerMatch[];
  /** Labels of layers that no line defines. */
  readonly unmatchedLayers: readonly string[];
  /** Layers that the fitting model defines and the loaded one lacks. */
  readonly unmatchedDefinitions: readonly LayerDefinition[];
  /** One sentence: "Matched by name." or "Matched by order: 5 of 5 shapes agree." */
  readonly explanation: string;
}
