import type { Preprocessing } from './preprocessing';

/** What a model file tells about the images it was trained with. */
export interface PreprocessingClues {
  /** Of the image input. */
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly producer: string;
  /** Free-form metadata of the model. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Operator of the first node that reads the image. */
  readonly firstOp: string;
}

/** A guess, and what to tell the user about it. */
export interface GuessedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** One sentence: from what it was guessed. */
  readonly reason: string;
}

type Values = Pick<Preprocessing, 'channels' | 'scale' | 'mean' | 'std'>;

interface Convention {
  readonly matches: (clues: PreprocessingClues) => boolean;
  readonly values: (clues: PreprocessingClues) => Values;
  readonly reason: (clues: PreprocessingClues) => string;
}

const imageNet: Values = {
  channels: 'RGB',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};
const symmetric: Values = {
  channels: 'RGB',
  scale: 1,
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
};
const pixels: Values = { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
const caffe: Values = { channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] };

/** Below this, data sets of small pictures are shown whole and their mean and deviation are rarely ImageNet's. */
const SMALL = 96;

/** Of the shorter side, as in the training of most ImageNet models: 224 is cut from 256. */
const RESIZE_RATIO = 256 / 224;

const sideOf = ({ input }: PreprocessingClues): number => Math.min(...input.dims.slice(2));

/** From the surest to the vaguest; the first that matches decides. */
const conventions: readonly Convention[] = [
  {
    matches: ({ metadata }) =>
      metadata.has('Image.BitmapPixelFormat') || metadata.has('Image.NominalPixelRange'),
    values: declaredRange,
    reason: () => 'Guessed from the image metadata in the model file.',
  },
  {
    matches: ({ firstOp }) => ['BatchNormalization', 'Sub', 'Div', 'Mul', 'Add'].includes(firstOp),
    values: () => pixels,
    reason: ({ firstOp }) =>
      `Guessed plain pixels, because the model begins by scaling its input itself (${firstOp}).`,
  },
  {
    matches: ({ producer, input }) => /caffe/i.test(producer) || /^data(_0)?$/.test(input.name),
    values: () => caffe,
    reason: ({ producer, input }) =>
      /caffe/i.test(producer)
        ? `Guessed Caffe's usual BGR pixels less the mean, because the model was made by ${producer}.`
        : `Guessed Caffe's usual BGR pixels less the mean, because the input is called "${input.name}".`,
  },
  {
    matches: ({ producer, input }) =>
      /keras|tensorflow|tf2onnx|tflite/i.test(producer) || /^input_\d+$/.test(input.name),
    values: () => symmetric,
    reason: ({ producer, input }) =>
      /^input_\d+$/.test(input.name)
        ? `Guessed Keras' usual range -1..1, because the input is called "${input.name}".`
        : `Guessed the range -1..1, because the model was made by ${producer}.`,
  },
  {
    matches: (clues) => /torch/i.test(clues.producer) && sideOf(clues) >= SMALL,
    values: () => imageNet,
    reason: () => "Guessed ImageNet's mean and deviation, because the model was made by PyTorch.",
  },
  {
    matches: (clues) => sideOf(clues) < SMALL,
    values: () => symmetric,
    reason: () =>
      'Guessed the range -1..1, because nothing in the model file says more and its input is small.',
  },
  {
    matches: () => true,
    values: () => imageNet,
    reason: () => "Guessed ImageNet's mean and deviation, because nothing in the model file says more.",
  },
];

/**
 * How images probably become the input of a model without a sidecar, from conventions of the programs that write
 * models. Grey inputs get one channel with the average of the guessed mean and deviation. A guess is shown as such,
 * so it names what it came from.
 */
export function guessPreprocessing(clues: PreprocessingClues): GuessedPreprocessing {
  const convention = conventions.find(({ matches }) => matches(clues))!;
  const values = convention.values(clues);
  const [, channels, height = 0, width = 0] = clues.input.dims;
  const side = sideOf(clues);
  return {
    preprocessing: {
      resize: side < SMALL ? side : Math.round(side * RESIZE_RATIO),
      crop: [height, width],
      ...(channels === 1 ? grey(values) : values),
    },
    reason: convention.reason(clues),
  };
}

/** The metadata of ONNX's image category: pixel format and nominal range. */
function declaredRange({ metadata }: PreprocessingClues): Values {
  const channels = /^bgr/i.test(metadata.get('Image.BitmapPixelFormat') ?? '') ? 'BGR' : 'RGB';
  const range = metadata.get('Image.NominalPixelRange') ?? '';
  if (/^Normalized_1_1$/i.test(range)) return { ...symmetric, channels };
  if (/^Normalized_0_1$/i.test(range)) return { ...pixels, channels, std: [255, 255, 255] };
  return { ...pixels, channels };
}

function grey(values: Values): Values {
  const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return { channels: 'GRAY', scale: values.scale, mean: [average(values.mean)], std: [average(values.std)] };
}
