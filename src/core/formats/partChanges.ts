import { partNameTaken } from '../experimentErrors';
import type { AnnotatedImage, PartPlace, PartsFile } from './parts';

/** What becomes of one part of one picture. */
export interface PartChange {
  /** A file name beside `parts.json`. */
  readonly file: string;
  readonly part: string;
  /** In the picture's own pixels; `null` takes the part away. */
  readonly place: PartPlace | null;
}

/** Everything that one action changes. */
export interface PartsChange {
  readonly places: readonly PartChange[];
  /** Edge of the squares; left out where it stays, `null` where the file shall not say it. */
  readonly size?: number | null;
}

/** A set of pictures in which nothing is marked. */
export const noParts: PartsFile = { size: null, images: [], rest: {} };

/**
 * The annotations with a change. Whatever the change does not name stays as it is; a picture that the file lacks is added at
 * its end, and one of which it then says nothing is left out. Throws a `UserError` where a part has the name of another
 * field of its picture, which it would overwrite.
 */
export function changeParts(file: PartsFile, { places, size = file.size }: PartsChange): PartsFile {
  const images = new Map(file.images.map((image) => [image.file, image]));
  for (const change of places) images.set(change.file, changed(images.get(change.file), change));
  for (const change of places) if (isEmpty(images.get(change.file))) images.delete(change.file);
  return { ...file, size, images: [...images.values()] };
}

/** The change that leads back from the annotations with `change` to those without. */
export function inverseChange(file: PartsFile, { places, size }: PartsChange): PartsChange {
  const images = new Map(file.images.map((image) => [image.file, image]));
  const before = places.map(({ file: name, part }): PartChange => {
    return { file: name, part, place: images.get(name)?.parts.get(part) ?? null };
  });
  return { places: before, ...(size === undefined ? {} : { size: file.size }) };
}

/** The annotations with what others say beyond them: what is marked already stays where it is. */
export function addParts(file: PartsFile, others: PartsFile): PartsFile {
  const known = new Map(file.images.map((image) => [image.file, image]));
  for (const other of others.images) {
    const mine = known.get(other.file) ?? { file: other.file, parts: new Map(), rest: {} };
    const parts = [...other.parts].filter(([part]) => !Object.hasOwn(mine.rest, part));
    const rest = Object.entries(other.rest).filter(([field]) => !mine.parts.has(field));
    known.set(other.file, {
      file: other.file,
      parts: new Map([...parts, ...mine.parts]),
      rest: { ...Object.fromEntries(rest), ...mine.rest },
    });
  }
  return {
    size: file.size ?? others.size,
    images: [...known.values()],
    rest: { ...others.rest, ...file.rest },
  };
}

/** The names of all parts of a set, in the order of their first mention. */
export function partNames({ images }: PartsFile): string[] {
  return [...new Set(images.flatMap(({ parts }) => [...parts.keys()]))];
}

function changed(image: AnnotatedImage | undefined, { file, part, place }: PartChange): AnnotatedImage {
  const { parts, rest } = image ?? { parts: new Map<string, PartPlace>(), rest: {} };
  if (Object.hasOwn(rest, part)) throw partNameTaken(file, part);
  const next = new Map(parts);
  if (place === null) next.delete(part);
  else next.set(part, place);
  return { file, parts: next, rest };
}

function isEmpty(image: AnnotatedImage | undefined): boolean {
  return image?.parts.size === 0 && Object.keys(image.rest).length === 0;
}
