import { displayTile, heatMap } from './display';
import type { Picture, Preprocessing } from './preprocessing';
import { signedTile } from './signedTile';
import { tileGrid } from './tileGrid';
import type { LayerFilters } from '../filters/layerFilters';

/** How the filters of a layer are laid out and shown. */
export interface SheetOptions {
  /** One scale for the whole sheet shows which filters are strong, one per filter shows each pattern; `sheet` where left out. */
  readonly scale?: 'sheet' | 'filter';
  /** Pixels of the sheet per weight, a whole number; chosen for tiles of about 28 pixels where left out. */
  readonly zoom?: number;
  /** Tiles in a row; as many as make the sheet square where left out. */
  readonly columns?: number;
}

/** Filters as one picture: tiles in rows, filter 0 top left, a transparent gap of one pixel between them. */
export interface FilterSheet {
  readonly picture: Picture;
  /** `colour`: signed, zero is mid-grey. `grey`: the same for one channel. `norm`: heat map of the norm over channels. */
  readonly kind: 'colour' | 'grey' | 'norm';
  readonly columns: number;
  readonly zoom: number;
  /** Size of a tile in the picture; the next one starts one pixel further. */
  readonly tile: { readonly height: number; readonly width: number };
  /** How many filters the sheet shows, the first ones where there are more than fit. */
  readonly shown: number;
}

const GAP = 1;
const TILE = 28;
const MOST_PIXELS = 4_000_000;

/**
 * The filters of a layer as pictures, enlarged by nearest neighbour. Filters over the image are shown in its colours as
 * a projection would be: each channel times std / scale, channels in the order of the picture, zero mid-grey, contrast
 * as `displayTile`'s (the layer 1 of figure 5, Zeiler & Fergus 2013, section 4.1). Other filters show, at each place,
 * the norm of the weights over the input's maps, from 0; filters over a single map are signed and grey.
 */
export function filterSheet(
  filters: LayerFilters,
  preprocessing: Preprocessing,
  options: SheetOptions = {},
): FilterSheet {
  const [count, , height, width] = filters.dims;
  const zoom = options.zoom ?? fittingZoom(count, height, width);
  const tile = { height: height * zoom, width: width * zoom };
  const room = Math.floor(MOST_PIXELS / ((tile.height + GAP) * (tile.width + GAP)));
  const shown = Math.min(count, Math.max(1, room));
  const columns = Math.min(shown, options.columns ?? Math.ceil(Math.sqrt(shown)));
  const { kind, tiles } = tilesOf(filters, preprocessing, options.scale ?? 'sheet');
  const layout = { columns, zoom, gap: GAP };
  const picture = tileGrid(shown, { height, width }, tiles, layout);
  return { picture, kind, columns, zoom, tile, shown };
}

function fittingZoom(count: number, height: number, width: number): number {
  const comfortable = Math.max(1, Math.round(TILE / Math.max(height, width)));
  const fitting = Math.floor(Math.sqrt(MOST_PIXELS / (count * height * width)) - GAP);
  return Math.max(1, Math.min(comfortable, fitting));
}

interface Tiles {
  readonly kind: FilterSheet['kind'];
  /** One pixel per weight. */
  readonly tiles: (filter: number) => Picture;
}

function tilesOf(filters: LayerFilters, preprocessing: Preprocessing, scale: 'sheet' | 'filter'): Tiles {
  const [, channels] = filters.dims;
  if (filters.over === 'image') {
    return { kind: channels === 3 ? 'colour' : 'grey', tiles: signedTiles(filters, preprocessing, scale) };
  }
  if (channels === 1) return { kind: 'grey', tiles: signedTiles(filters, ONE_CHANNEL, scale) };
  return { kind: 'norm', tiles: normTiles(filters, scale) };
}

const ONE_CHANNEL: Preprocessing = {
  resize: 1,
  crop: [1, 1],
  channels: 'GRAY',
  scale: 1,
  mean: [0],
  std: [1],
};

function signedTiles(
  { dims, weights }: LayerFilters,
  preprocessing: Preprocessing,
  scale: 'sheet' | 'filter',
): Tiles['tiles'] {
  const [count, channels, height, width] = dims;
  const size = channels * height * width;
  const signed = Array.from({ length: count }, (_, filter) =>
    signedTile(weights.subarray(filter * size, (filter + 1) * size), { height, width }, preprocessing),
  );
  const largest = signed.reduce((most, { quantile }) => Math.max(most, quantile), 0);
  return (filter) => displayTile(signed[filter]!, scale === 'sheet' ? largest : signed[filter]!.quantile);
}

function normTiles(filters: LayerFilters, scale: 'sheet' | 'filter'): Tiles['tiles'] {
  const [count, , height, width] = filters.dims;
  const plane = height * width;
  const norms = channelNorms(filters);
  const largestOf = (values: Float32Array) => values.reduce((most, value) => Math.max(most, value), 0);
  const largest = largestOf(norms);
  return (filter) => {
    const values = norms.subarray(filter * plane, (filter + 1) * plane);
    const high = count === 1 || scale === 'sheet' ? largest : largestOf(values);
    return heatMap(values, { height, width }, { low: 0, high });
  };
}

/** The Euclidean norm of every filter's weights over its channels, `[filters, height, width]`. */
export function channelNorms({ dims, weights }: LayerFilters): Float32Array {
  const [count, channels, height, width] = dims;
  const plane = height * width;
  const norms = new Float32Array(count * plane);
  for (let filter = 0, at = 0; filter < count; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < plane; i++, at++) norms[filter * plane + i]! += weights[at]! ** 2;
    }
  }
  return norms.map(Math.sqrt);
}
