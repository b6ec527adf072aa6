import type { PartChange, PartsChange } from '../core/formats/partChanges';
import { isFileName, isPartName, isPlace, isSize, type PartPlace } from '../core/formats/parts';
import type { AnnotatedPicture, CorrespondenceRequest } from '../protocol/correspondence';
import type { PanelSubject } from '../protocol/panelContract';
import { checkedIndex, checkedList, malformed, recordOf } from './checks';
import { checkedKnown, checkedLayers } from './experimentRequests';
import { checkedSubject } from './panelRequests';

const mostPlaces = 10_000;
const mostImages = 200;
const mostParts = 32;

/** A change of annotations. Files are named without a folder: which one it is, the host knows. */
export function checkedPartsChange(params: unknown): PartsChange {
  const { places, size } = recordOf(params);
  if (size !== undefined && size !== null && !isSize(size)) throw malformed('a size');
  return {
    places: checkedList(places, mostPlaces, 'places').map(checkedChange),
    ...(size === undefined ? {} : { size }),
  };
}

/** The request of a panel about correspondence; numbers that cannot be meant are the engine's to refuse. */
export function checkedCorrespondence(params: unknown, shown: PanelSubject): CorrespondenceRequest {
  const { model, images, parts, layers, size, draws, seed, known } = recordOf(params);
  const pictures = checkedList(images, mostImages, 'pictures').map((image) =>
    checkedPicture(image, model, shown),
  );
  return {
    model: shown.model,
    images: pictures,
    parts: checkedList(parts, mostParts, 'parts').map(checkedPart),
    ...(layers === undefined ? {} : { layers: checkedLayers(layers) }),
    size: checkedSize(size),
    draws: checkedIndex(draws, 'a number of draws'),
    seed: checkedIndex(seed, 'a seed'),
    ...(known === undefined ? {} : { known: checkedKnown(known) }),
  };
}

function checkedChange(value: unknown): PartChange {
  const { file, part, place } = recordOf(value);
  if (!isFileName(file)) throw malformed('a file name');
  return { file, part: checkedPart(part), place: place === null ? null : checkedPlace(place) };
}

function checkedPicture(value: unknown, model: unknown, shown: PanelSubject): AnnotatedPicture {
  const { image, parts } = recordOf(value);
  const places = Object.entries(recordOf(parts)).map(
    ([part, place]) => [checkedPart(part), checkedPlace(place)] as const,
  );
  return {
    image: checkedSubject({ model, image }, shown).image,
    parts: Object.fromEntries(places),
  };
}

function checkedPart(value: unknown): string {
  if (!isPartName(value)) throw malformed('a part');
  return value;
}

function checkedPlace(value: unknown): PartPlace {
  if (!isPlace(value)) throw malformed('a place');
  return [value[0], value[1]];
}

function checkedSize(value: unknown): number {
  if (!isSize(value)) throw malformed('a size');
  return value;
}
