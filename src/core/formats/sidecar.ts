import { invalidSidecar } from '../errors';
import type { Preprocessing } from '../imaging/preprocessing';

/** The content of `<model>.switchback.json`, validated. */
export interface Sidecar {
  /** The classes in order, or a text file of them relative to the model's folder; `null` where not given. */
  readonly labels: string | readonly string[] | null;
  readonly preprocess: DeclaredPreprocessing | null;
  /** The file that defines the model, relative to the model's folder. */
  readonly source: string | null;
  /** Fields that are not known, one sentence each. */
  readonly warnings: readonly string[];
}

/** Preprocessing as far as it is declared; the sizes that are left out are those of the network's input. */
export interface DeclaredPreprocessing extends Omit<Preprocessing, 'resize' | 'crop'> {
  readonly resize: number | null;
  readonly crop: readonly [height: number, width: number] | null;
}

type Fields = Readonly<Record<string, unknown>>;

const MAX_SIZE = 8192;
const MAX_LABELS = 200_000;
const MAX_LABEL_LENGTH = 1000;

const TOP_FIELDS = ['$schema', 'labels', 'preprocess', 'source'];
const PREPROCESS_FIELDS = ['resize', 'crop', 'channels', 'scale', 'mean', 'std'];

/** The path of a model's sidecar: `model.onnx` has `model.switchback.json` beside it. */
export function sidecarPath(model: string): string {
  return `${model.replace(/(?<=[^/\\])\.[^./\\]*$/, '')}.switchback.json`;
}

/**
 * Reads a sidecar. The text is not trusted: every field is checked, and a `UserError` names the file and the field.
 * `channels` defaults to RGB, `scale` to 1, `mean` to 0 and `std` to 1 for each channel.
 *
 * @param file what messages call the file
 */
export function parseSidecar(text: string, file: string): Sidecar {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw invalidSidecar(file, '', 'is not valid JSON');
  }
  if (!isFields(content)) throw invalidSidecar(file, '', 'must hold an object');
  const preprocess = content.preprocess;
  if (preprocess !== undefined && !isFields(preprocess)) {
    throw invalidSidecar(file, 'preprocess', 'must be an object');
  }
  return {
    labels: parseLabels(content.labels, file),
    preprocess: preprocess === undefined ? null : parsePreprocess(preprocess, file),
    source: parseSource(content.source, file),
    warnings: [
      ...unknownFields(content, TOP_FIELDS, file, ''),
      ...unknownFields(preprocess ?? {}, PREPROCESS_FIELDS, file, 'preprocess.'),
    ],
  };
}

function parseLabels(labels: unknown, file: string): Sidecar['labels'] {
  if (labels === undefined) return null;
  if (typeof labels === 'string' && labels !== '') return labels;
  const isLabel = (label: unknown) => typeof label === 'string' && label.length <= MAX_LABEL_LENGTH;
  if (Array.isArray(labels) && labels.length <= MAX_LABELS && labels.every(isLabel))
    return labels as string[];
  throw invalidSidecar(file, 'labels', 'must be the name of a text file or a list of strings');
}

function parseSource(source: unknown, file: string): string | null {
  if (source === undefined) return null;
  if (typeof source === 'string' && source !== '' && !source.includes('\0')) return source;
  throw invalidSidecar(file, 'source', 'must be the name of a file');
}

function parsePreprocess(fields: Fields, file: string): DeclaredPreprocessing {
  const { channels = 'RGB', resize = null, crop = null, scale = 1 } = fields;
  if (channels !== 'RGB' && channels !== 'BGR' && channels !== 'GRAY') {
    throw invalidSidecar(file, 'preprocess.channels', 'must be "RGB", "BGR" or "GRAY"');
  }
  if (resize !== null && !isSize(resize)) {
    throw invalidSidecar(file, 'preprocess.resize', `must be a whole number from 1 to ${MAX_SIZE}`);
  }
  if (crop !== null && !(Array.isArray(crop) && crop.length === 2 && crop.every(isSize))) {
    throw invalidSidecar(
      file,
      'preprocess.crop',
      `must be [height, width], whole numbers from 1 to ${MAX_SIZE}`,
    );
  }
  if (!isNonZero(scale)) throw invalidSidecar(file, 'preprocess.scale', 'must be a number other than 0');
  const count = channels === 'GRAY' ? 1 : 3;
  const { mean = Array<number>(count).fill(0), std = Array<number>(count).fill(1) } = fields;
  if (!isList(mean, count, isNumber)) {
    throw invalidSidecar(file, 'preprocess.mean', `must be a list of ${count} numbers, one a channel`);
  }
  if (!isList(std, count, isNonZero)) {
    throw invalidSidecar(
      file,
      'preprocess.std',
      `must be a list of ${count} numbers other than 0, one a channel`,
    );
  }
  return { resize, crop: crop as [number, number] | null, channels, scale, mean, std };
}

function unknownFields(fields: Fields, known: readonly string[], file: string, prefix: string): string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${file}: "${prefix}${name}" is not known and has no effect.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SIZE;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isNonZero(value: unknown): value is number {
  return Number.isFinite(value) && value !== 0;
}

function isList(
  value: unknown,
  length: number,
  isElement: (element: unknown) => boolean,
): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(isElement);
}
