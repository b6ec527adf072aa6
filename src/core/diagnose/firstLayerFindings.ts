import type { LayerFilters } from '../filters/layerFilters';
import { percent, type Finding, type Fix } from './finding';
import { filterSpectra, type Spectrum } from './spectrum';

/** What section 4.1 of the paper changed about the first layer: 7x7 filters at stride 2. */
const goodKernel = 7;
const goodStride = 2;

/** Smaller filters cannot tell low from middle frequencies. */
const smallestKernel = 5;

/** A band that fewer filters look at is not covered. */
const covered = 0.15;

/**
 * What section 4.1 of Zeiler & Fergus (2013) looks for in a first layer: filters of extremely high and low frequencies with few
 * in between, and a stride so large that what lies between its samples comes through as something else. `second` are the
 * filters of the next layer, in which the paper saw the aliasing.
 */
export function firstLayerFindings(
  layer: string,
  first: LayerFilters,
  second: LayerFilters | undefined,
): Finding[] {
  const spectra = filterSpectra(first);
  return [...missingBand(layer, first, spectra), ...aliasing(layer, first, spectra, second)];
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
      why: `What no filter of the first layer passes, no later layer can see. The paper found this in 11x11 filters, and used ${goodKernel}x${goodKernel} ones instead (section 4.1).`,
      filters: [],
      fix,
    },
  ];
}

function strongestBand({ low, mid, high }: Pick<Spectrum, 'low' | 'mid' | 'high'>): 'low' | 'mid' | 'high' {
  if (low >= mid && low >= high) return 'low';
  return mid >= high ? 'mid' : 'high';
}

function aliasing(
  layer: string,
  first: LayerFilters,
  spectra: readonly Spectrum[],
  second: LayerFilters | undefined,
): Finding[] {
  const stride = Math.max(...first.stride);
  if (stride <= goodStride) return [];
  const aliased = meanByEnergy(first, spectra, 'aliased');
  const behind =
    second && Math.min(second.dims[2], second.dims[3]) > 1
      ? ` ${percent(meanByEnergy(second, filterSpectra(second), 'high'))} of the next layer's filters are high frequencies.`
      : '';
  return [
    {
      code: 'aliasing-stride',
      severity: 'warning',
      layer,
      message: `${layer} looks at every ${stride}th pixel, but ${percent(aliased)} of its filters' energy is of frequencies that such steps cannot carry.${behind}`,
      why: `Patterns finer than two steps come through as coarse ones that are not in the picture. The paper saw this in the second layer at stride 4, and used stride ${goodStride} instead (section 4.1).`,
      filters: [],
      fix: { argument: 'stride', value: [goodStride, goodStride] },
    },
  ];
}

/** The mean share of a band, filters weighted by their energy. */
function meanByEnergy(
  { dims: [count], weights }: LayerFilters,
  spectra: readonly Spectrum[],
  band: keyof Spectrum,
): number {
  const size = weights.length / count;
  let [sum, total] = [0, 0];
  spectra.forEach((spectrum, filter) => {
    const own = weights.subarray(filter * size, (filter + 1) * size);
    const energy = own.reduce((squares, value) => squares + value ** 2, 0);
    sum += energy * spectrum[band];
    total += energy;
  });
  return total === 0 ? 0 : sum / total;
}
