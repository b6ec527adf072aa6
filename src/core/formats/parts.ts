import { invalidParts } from '../experimentErrors';

/** A place in a picture's own pixels, upright, from the top left. */
export type PartPlace = readonly [x: number, y: number];

/** One picture with the places of its parts. */
export interface AnnotatedImage {
  /** A file name in the folder of `parts.json`, never a path. */
  readonly file: string;
  /** By the part's name, `left_eye`, in the order of the file. */
  readonly parts: ReadonlyMap<string, PartPlace>;
  /** Fields of the file that are no parts; written back as they were. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Annotations of a picture set, as `parts.json` holds them. */
export interface PartsFile {
  /** Edge of the squares that hide a part, in pixels of the network's input; `null` where the file does not say. */
  readonly size: number | null;
  readonly images: readonly AnnotatedImage[];
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Of the squares that hide a part, in pixels of the network's input, where nothing else is said. */
export const DEFAULT_SIZE = 32;

/** What annotations are called beside their pictures. */
export const PARTS_NAME = 'parts.json';

const MOST_IMAGES = 200;
const MOST_PARTS = 32;
const MOST_CHARACTERS = 100;
const LARGEST_SIZE = 4096;

/**
 * Reads annotations: `{"size": 32, "images": [{"file": "a.jpg", "nose": [x, y], …}]}`. Every field of an image that
 * holds two numbers is a part of this name. Throws a `UserError` that names `name` and the field.
 */
export function parseParts(text: string, name: string): PartsFile {
  const { size, images, ...rest } = objectOf(parseJson(text, name), name, '');
  if (size !== undefined && size !== null && !isSize(size))
    throw invalidParts(name, 'size', `must be a whole number from 1 to ${LARGEST_SIZE}`);
  if (!Array.isArray(images) || images.length > MOST_IMAGES)
    throw invalidParts(name, 'images', `must be a list of at most ${MOST_IMAGES} images`);
  const parsed = (images as unknown[]).map((image, index) => parseImage(image, name, `images[${index}]`));
  const files = new Set(parsed.map(({ file }) => file));
  if (files.size < parsed.length) throw invalidParts(name, 'images', 'must name every file once');
  return { size: isSize(size) ? size : null, images: parsed, rest };
}

/** The text of `parts.json`: `parseParts` reads the same annotations from it. */
export function formatParts({ size, images, rest }: PartsFile): string {
  const listed = images.map(({ file, parts, rest: others }) => ({
    file,
    ...others,
    ...Object.fromEntries(parts),
  }));
  return `${JSON.stringify({ ...rest, ...(size === null ? {} : { size }), images: listed }, null, 2)}\n`;
}

/** Whether a text can name a part: not empty, short, and no field that an image has anyway. */
export function isPartName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() !== '' && name.length <= MOST_CHARACTERS && name !== 'file';
}

/** Whether a value is an edge length that annotations may have. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_SIZE;
}

function parseImage(image: unknown, name: string, field: string): AnnotatedImage {
  const { file, ...others } = objectOf(image, name, field);
  if (!isFileName(file)) throw invalidParts(name, `${field}.file`, 'must be the name of a file beside it');
  const entries = Object.entries(others);
  const parts = new Map(
    entries.filter((entry): entry is [string, PartPlace] => isPartName(entry[0]) && isPlace(entry[1])),
  );
  if (parts.size > MOST_PARTS) throw invalidParts(name, field, `may have at most ${MOST_PARTS} parts`);
  return { file, parts, rest: Object.fromEntries(entries.filter(([key]) => !parts.has(key))) };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw invalidParts(name, '', 'is no JSON');
  }
}

function objectOf(value: unknown, name: string, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidParts(name, field, 'must be an object');
  return value as Record<string, unknown>;
}

/** Whether a value is a place: two finite numbers. */
export function isPlace(value: unknown): value is PartPlace {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part));
}

/** Whether a value names a file of a folder: nothing outside it is read for a file that names pictures. */
export function isFileName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value !== '.' &&
    value !== '..' &&
    value.length <= 255 &&
    // eslint-disable-next-line no-control-regex -- Control characters are exactly what must not be in a name.
    !/[/\\:\u0000-\u001f]/.test(value)
  );
}
