import { partNames, type PartChange } from '../../src/core/formats/partChanges';
import { DEFAULT_SIZE, type PartPlace, type PartsFile } from '../../src/core/formats/parts';
import { baseName } from '../shared/baseName';
import { strings } from './strings';

/** The parts that can be placed: those of the set, then those that were named here. The paper's where there is none. */
export function offeredParts(parts: PartsFile, added: readonly string[]): readonly string[] {
  const names = [...new Set([...partNames(parts), ...added])];
  return names.length > 0 ? names : strings.defaults;
}

/** Where the parts of one picture are. */
export function placesIn(parts: PartsFile, image: string): ReadonlyMap<string, PartPlace> {
  const file = baseName(image);
  return parts.images.find((other) => other.file === file)?.parts ?? new Map();
}

/** The first part behind `after`, from the start again, that has no place; `after` where all have one. */
export function nextUnplaced(
  names: readonly string[],
  places: ReadonlyMap<string, PartPlace>,
  after: string,
): string {
  const start = names.indexOf(after) + 1;
  const order = [...names.slice(start), ...names.slice(0, start)];
  return order.find((name) => !places.has(name)) ?? after;
}

/** How many of the pictures have a place for every part. */
export function completePictures(
  parts: PartsFile,
  images: readonly string[],
  names: readonly string[],
): number {
  return images.filter((image) => {
    const places = placesIn(parts, image);
    return names.every((name) => places.has(name));
  }).length;
}

/** Gives a part another name in all pictures; `null` as the name takes it away from them. */
export function renamedEverywhere({ images }: PartsFile, from: string, to: string | null): PartChange[] {
  return images.flatMap(({ file, parts }) => {
    const place = parts.get(from);
    if (!place) return [];
    const added = to === null ? [] : [{ file, part: to, place }];
    return [{ file, part: from, place: null }, ...added];
  });
}

export function sizeOf({ size }: PartsFile): number {
  return size ?? DEFAULT_SIZE;
}
