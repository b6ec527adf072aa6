/** A place in a text as VS Code counts it: both from 0, characters in UTF-16 units. */
export interface SourcePosition {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to, and without, `end`. */
export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** What a definition makes. */
export type LayerKind =
  'convolution' | 'transposedConvolution' | 'dense' | 'pooling' | 'normalization' | 'activation';

/** Sizes are `[height, width]`, also where the code gives one number for both. What is not literal is left out. */
export interface LayerArguments {
  readonly inChannels?: number;
  /** Filters of a convolution, units of a fully connected layer. */
  readonly outChannels?: number;
  readonly kernel?: readonly [height: number, width: number];
  readonly stride?: readonly [height: number, width: number];
  readonly dilation?: readonly [height: number, width: number];
  readonly padding?: readonly [height: number, width: number] | 'same' | 'valid';
  readonly groups?: number;
}

export type ArgumentName = keyof LayerArguments;

/** One time that a definition is carried out: a block that is used eight times carries its lines out eight times. */
export interface LayerUse {
  /** The model it is part of, by its place in `SourceReading.models`. */
  readonly model: number;
  /** Its name in that model: `features.3`, `layer1.0.conv2`, `block1_conv1`; empty where the code gives none. */
  readonly path: string;
  readonly arguments: LayerArguments;
  /** Its place among the layers of that model, in the order in which they run as far as that is known; from 0. */
  readonly order: number;
}

/** An expression that makes a layer: `nn.Conv2d(3, 96, 7, stride=2)`, `layers.Conv2D(…)`, `tf.layers.conv2d({…})`. */
export interface LayerDefinition {
  readonly kind: LayerKind;
  /** What is called, as it is written: `nn.Conv2d`. */
  readonly callee: string;
  /** The whole expression. */
  readonly range: SourceRange;
  /** Numbers that stand in this expression itself, and may be edited there: `7` of `stride=7`, `(3, 3)`. */
  readonly literals: Readonly<Partial<Record<ArgumentName, SourceRange>>>;
  /** In the order in which they are carried out, never empty. */
  readonly uses: readonly LayerUse[];
  /** What could not be understood, one sentence each: the definition is usable, the reader should know. */
  readonly notes: readonly string[];
}

/** A model that the text can make: a class, a function such as `resnet18`, a variable at the top, a whole notebook. */
export interface SourceModel {
  /** `resnet18`, `AlexNet`, `model`. */
  readonly name: string;
  /** How many layers are defined in it, those without weights included. */
  readonly layers: number;
}

/** What one text defines. */
export interface SourceReading {
  readonly models: readonly SourceModel[];
  /** In the order of the text. */
  readonly definitions: readonly LayerDefinition[];
}

/** Texts that can be read. Notebooks are read cell by cell, as Python. */
export type SourceLanguage = 'python' | 'javascript' | 'typescript' | 'prototxt';
