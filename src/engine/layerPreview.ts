import { UserError } from '../core/errors';
import { layerFilters, type LayerFilters } from '../core/filters/layerFilters';
import { filterStatistics } from '../core/filters/statistics';
import { filterSheet } from '../core/imaging/filterSheet';
import type { LayerPreview, LayerPreviewRequest, PictureFile } from '../protocol/model';
import { previewHeight, previewSide } from '../protocol/previews';
import { encodePng, encodeSmall } from './encodePicture';
import { layerNamed } from './filters';
import type { OpenModel } from './openModel';

/** Width of a sheet by its height, about: a hover is wide and low. */
const ASPECT = previewSide / previewHeight;

/** Longer side of a sheet that only fits in few bytes when it is made smaller. */
const SMALL_SHEET = 320;

/** The filters of a layer as a picture file of at most `bytes` bytes, with what its weights say. */
export async function previewLayer(
  open: OpenModel,
  { layer: name, bytes }: Omit<LayerPreviewRequest, 'model'>,
): Promise<LayerPreview> {
  const { network, summary } = open;
  const layer = layerNamed(network, name);
  const inputShape = network.resolved.shapes.get(layer.nodes[0]!.inputs[0]!)?.slice(1) ?? null;
  const filters = filtersOf(open, layer);
  if (filters === null)
    return { layer: layer.label, inputShape, filters: null, sheet: null, thumbnail: null };
  const { dead, dominating } = filterStatistics(filters, summary.preprocessing);
  return {
    layer: layer.label,
    inputShape,
    filters: { count: filters.dims[0], dead: dead.length, dominating: dominating.length },
    sheet: filters.over === 'vector' ? null : await encodeSheet(filters, open, bytes),
    thumbnail: filters.over === 'vector' ? null : await encodeThumbnail(filters, open),
  };
}

/** `null` for a kind of layer whose weights are no filters. */
function filtersOf({ network }: OpenModel, layer: Parameters<typeof layerFilters>[1]): LayerFilters | null {
  try {
    return layerFilters(network, layer);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** As the sheet is usually shown, else with fewer pixels a weight, else smaller. */
async function encodeSheet(
  filters: LayerFilters,
  { summary }: OpenModel,
  bytes: number,
): Promise<LayerPreview['sheet']> {
  const columns = Math.ceil(Math.sqrt(ASPECT * filters.dims[0]));
  let sheet = filterSheet(filters, summary.preprocessing, { columns });
  for (;;) {
    const { picture, kind, shown } = sheet;
    const { height, width } = picture;
    const file = await encodePng(picture);
    if (file.length <= bytes) return { file, type: 'image/png', height, width, kind, shown };
    if (sheet.zoom === 1) break;
    sheet = filterSheet(filters, summary.preprocessing, { columns, zoom: Math.ceil(sheet.zoom / 2) });
  }
  const { picture, kind, shown } = sheet;
  const encoded = await encodeSmall(picture, { bytes, side: SMALL_SHEET });
  return encoded && { ...encoded, kind, shown };
}

/** The margin beside a line is about 20 pixels wide, and twice that on a fine screen. */
const thumbnailLimits = { bytes: 8_000, side: 40 } as const;

function encodeThumbnail(filters: LayerFilters, { summary }: OpenModel): Promise<PictureFile | null> {
  const [, channels, height, width] = filters.dims;
  const first: LayerFilters = {
    ...filters,
    dims: [1, channels, height, width],
    weights: filters.weights.subarray(0, channels * height * width),
  };
  const { picture } = filterSheet(first, summary.preprocessing);
  return encodeSmall(picture, thumbnailLimits);
}
