import type { LayerFilters } from '../filters/layerFilters';
import { percent, type Finding, type Fix } from './finding';
import { filterSpectra, layerSpectrum, noiseShare, type Spectrum } from './spectrum';

/** What section 4.1 of the paper changed about the first layer: 7x7 filters at stride 2. */
const goodKernel = 7;
const goodStride = 2;

/** Smaller filters cannot tell low from middle frequencies. */
const smallestKernel = 5;

/** The filters of a layer, and what it is called. */
export interface NamedFilters {
  readonly label: string;
  readonly filters: LayerFilters;
}

/** A band that fewer filters look at is not covered. */
const covered = 0.15;

/**
 * What section 4.1 of Zeiler & Fergus (2013) looks for in a first layer: filters of extremely high and low frequencies with few
 * in between, and a stride so large that what lies between its samples comes through as something else. `behind` are the layers that
 * follow, in order; in the next one the paper saw the aliasing. They are walked only where the stride is large.
 */
export function firstLayerFindings(
  layer: string,
  first: LayerFilters,
  behind: Iterable<NamedFilters>,
): Finding[] {
  return [...missingBand(layer, first, filterSpectra(first)), ...aliasing(layer, first, behind)];
}

function missingBand(layer: string, { dims }: LayerFilters, spectra: readonly Spectrum[]): Finding[] {
  const [, , height, width] = dims;
  if (Math.min(height, width) < smallestKernel) return [];
  const share = (band: 'low' | 'mid' | 'high'): number =>
    spectra.filter(
      ({ low, mid, high }) => Math.max(low, mid, high) > 0 && strongestBand({ low, mid, high }) === band,
    ).length / spectra.length;
  const [low, mid, high] = [share('low'), share('mid'), share('high')];
  if (mid >= covered || low < covered || high < covered) return [];
  const fix: Fix | null =
    Math.max(height, width) > goodKernel ? { argument: 'kernel', value: [goodKernel, goodKernel] } : null;
  return [
    {
      code: 'missing-mid-frequencies',
      severity: 'warning',
      layer,
      message: `Filters of ${layer} look at low frequencies (${percent(low)}) and high ones (${percent(high)}), but hardly at those between (${percent(mid)}).`,
      why: `What no filter of the first layer passes, no later layer can see. The paper found this in 11×11 filters, and used ${goodKernel}×${goodKernel} ones instead (section 4.1).`,
      filters: [],
      fix,
    },
  ];
}

function strongestBand({ low, mid, high }: Pick<Spectrum, 'low' | 'mid' | 'high'>): 'low' | 'mid' | 'high' {
  if (low >= mid && low >= high) return 'low';
  return mid >= high ? 'mid' : 'high';
}

function aliasing(layer: string, first: LayerFilters, behind: Iterable<NamedFilters>): Finding[] {
  const stride = Math.max(...first.stride);
  if (stride <= goodStride) return [];
  const aliased = percent(layerSpectrum(first).aliased);
  const noise = percent(noiseShare('aliased', first).share);
  const trace = traceBehind(behind);
  return [
    {
      code: 'aliasing-stride',
      severity: trace?.seen === false ? 'information' : 'warning',
      layer,
      message: `${layer} looks at every ${stride}th pixel, but ${aliased} of its filters' energy is of frequencies that such steps cannot carry (white noise: ${noise}).${trace ? ` ${trace.sentence}` : ''}`,
      why: `Patterns finer than two steps come through as coarse ones that are not in the picture. The paper saw this in the second layer at stride 4, and used stride ${goodStride} instead (section 4.1).`,
      filters: [],
      fix: { argument: 'stride', value: [goodStride, goodStride] },
    },
  ];
}

/**
 * Whether the next layer's filters show the aliasing: they have more high frequencies than noise of as many weights would, by three
 * deviations, and than the layers behind it. Layers of single positions, and depthwise ones, have other spectra and do not count.
 */
function traceBehind(behind: Iterable<NamedFilters>): { seen: boolean; sentence: string } | undefined {
  let second: { readonly label: string; readonly share: number; readonly noise: number } | undefined;
  let limit = 0;
  const peers: number[] = [];
  for (const { label, filters } of behind) {
    const [count, , height, width] = filters.dims;
    if (filters.over !== 'maps' || Math.min(height, width) === 1) continue;
    if (filters.groups > 1 && count === filters.groups) continue;
    const share = layerSpectrum(filters).high;
    if (second) {
      peers.push(share);
      continue;
    }
    const noise = noiseShare('high', filters);
    limit = noise.share + 3 * noise.deviation;
    second = { label, share, noise: noise.share };
  }
  if (!second) return undefined;
  const median = peers.sort((a, b) => a - b)[Math.floor((peers.length - 1) / 2)];
  const seen = second.share > limit && second.share > (median ?? 0);
  const others = median === undefined ? '' : `, median of the layers behind it: ${percent(median)}`;
  const compared = `(white noise: ${percent(second.noise)}${others})`;
  const verdict = seen
    ? 'more than noise or other layers have: the artefacts that the paper saw'
    : 'which shows no aliasing';
  return {
    seen,
    sentence: `${percent(second.share)} of the energy of ${second.label}'s filters is of high frequencies ${compared}, ${verdict}.`,
  };
}
