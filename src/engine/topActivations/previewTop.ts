import { existsSync } from 'node:fs';
import path from 'node:path';
import { receptiveField } from '../../core/deconvnet/receptiveField';
import { tensorOf } from '../../core/deconvnet/record';
import { UserError } from '../../core/errors';
import { cutPatch, displayBox } from '../../core/imaging/display';
import { patchSheet } from '../../core/imaging/patchSheet';
import { asPicture, preprocess } from '../../core/imaging/preprocess';
import type { Picture } from '../../core/imaging/preprocessing';
import type { TopMap, TopPreview, TopPreviewRequest } from '../../protocol/topActivations';
import { encodeSmall } from '../encodePicture';
import { readImage } from '../images';
import type { OpenModel } from '../openModel';
import { readStrongestMaps } from './readIndex';

/** Maps that are shown side by side, and places of each, as in figure 2 of the paper. */
const [mostMaps, mostPlaces] = [2, 9];

/**
 * What activates the strongest maps of a layer most, as an index says: the patches of their pictures in a small file. Pictures are read
 * and nothing is computed; those that went since are left out. `null` where there is no index, or nothing in it.
 */
export async function previewTop(model: OpenModel, request: TopPreviewRequest): Promise<TopPreview | null> {
  if (!existsSync(request.index)) return null;
  const maps = await readStrongestMaps(model, request, { layer: request.layer, count: mostMaps });
  const patches: Picture[][] = [];
  for (const map of maps) patches.push(await patchesOf(model, request, map));
  const picture = patchSheet(patches);
  const file = picture && (await encodeSmall(picture, request));
  return file && { ...file, maps: maps.map(({ map }) => map) };
}

async function patchesOf(
  { network, summary: { preprocessing } }: OpenModel,
  { folder, layer }: TopPreviewRequest,
  { places }: TopMap,
): Promise<Picture[]> {
  const field = receptiveField(network, tensorOf(network, layer));
  const patches: Picture[] = [];
  for (const { image, position } of places.slice(0, mostPlaces)) {
    try {
      const picture = await readImage(path.join(folder, image), preprocessing);
      const input = asPicture(preprocess(picture, preprocessing), preprocessing);
      patches.push(cutPatch(input, displayBox(field.box(...position), input)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return patches;
}
