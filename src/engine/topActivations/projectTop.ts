import path from 'node:path';
import { UserError } from '../../core/errors';
import { cutPatch, displayBox } from '../../core/imaging/display';
import { asPicture } from '../../core/imaging/preprocess';
import type {
  PlaceProgress,
  ProjectedPlace,
  TopMap,
  TopMapsRequest,
  TopPlace,
} from '../../protocol/topActivations';
import { createLru } from '../lru';
import { fileStamp } from '../modelFiles';
import type { OpenModel } from '../openModel';
import { projectUnits } from '../projectUnits';
import type { Recorded } from '../recorded';
import type { Recordings } from '../recordings';
import { readTopMaps } from './readIndex';

/** Projections of what indexes hold, kept for as long as there is room. */
export interface TopProjections {
  /** Projects all places of the maps, those of one image at a time, each as soon as it is done. */
  readonly project: (
    model: OpenModel,
    request: TopMapsRequest,
    signal: AbortSignal,
  ) => AsyncGenerator<PlaceProgress>;
}

/** Nine places of a map that sees the whole of 224 x 224 pixels take 5 MB. */
const KEPT_BYTES = 192 * 2 ** 20;

/** A place that is asked for, and the picture it is in. */
interface Wanted {
  readonly map: number;
  readonly place: number;
  readonly found: TopPlace;
}

type Pictures = Omit<ProjectedPlace, 'map' | 'place'>;

export function createTopProjections(recordings: Recordings): TopProjections {
  const kept = createLru<Pictures>(KEPT_BYTES);

  const projectImage = async function* (
    model: OpenModel,
    { model: file, folder, layer }: TopMapsRequest,
    {
      image,
      wanted,
      signal,
    }: { readonly image: string; readonly wanted: readonly Wanted[]; readonly signal: AbortSignal },
  ): AsyncGenerator<PlaceProgress> {
    const picture = path.join(folder, image);
    const stamp = await fileStamp(picture);
    const keyOf = ({ map, found }: Wanted) =>
      JSON.stringify([file, model.stamp, picture, stamp, layer, map, found.position]);
    const missing: Wanted[] = [];
    for (const one of wanted) {
      const pictures = kept.get(keyOf(one));
      if (pictures) yield projectedAt(one, pictures);
      else missing.push(one);
    }
    if (missing.length === 0) return;
    const recorded = await recordings.of({ model: file, image: picture }, { signal });
    for await (const { one, pictures } of picturesOf(recorded, layer, missing, signal)) {
      kept.set(keyOf(one), pictures, bytesOf(pictures));
      yield projectedAt(one, pictures);
    }
  };

  return {
    project: async function* (model, request, signal) {
      const maps = await readTopMaps(model, request, request);
      for (const [image, wanted] of byImage(maps)) {
        signal.throwIfAborted();
        try {
          yield* projectImage(model, request, { image, wanted, signal });
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          for (const { map, place } of wanted) yield { kind: 'failed', map, place, problem: error.message };
        }
      }
    },
  };
}

/** Everything that is wanted of each image: it runs forward once. Images in the order of the maps. */
function byImage(maps: readonly TopMap[]): ReadonlyMap<string, readonly Wanted[]> {
  const images = new Map<string, Wanted[]>();
  for (const { map, places } of maps) {
    places.forEach((found, place) => {
      const wanted = images.get(found.image) ?? [];
      images.set(found.image, [...wanted, { map, place, found }]);
    });
  }
  return images;
}

async function* picturesOf(
  recorded: Recorded,
  layer: string,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly one: Wanted; readonly pictures: Pictures }> {
  const input = asPicture(recorded.input, recorded.model.summary.preprocessing);
  const units = wanted.map(({ map, found: { position } }) => ({ map, position }));
  for await (const { unit } of projectUnits(recorded, { layer, units, method: 'deconvnet' }, signal)) {
    const patch = cutPatch(input, displayBox(unit.receptiveField, input));
    const { height, width } = input;
    yield { one: wanted[unit.index]!, pictures: { unit, patch, input: { height, width } } };
  }
}

function projectedAt({ map, place }: Wanted, pictures: Pictures): PlaceProgress {
  return { kind: 'projected', projected: { map, place, ...pictures } };
}

function bytesOf({ unit, patch }: Pictures): number {
  return patch.rgba.byteLength + (unit.tile?.values.byteLength ?? 0);
}
