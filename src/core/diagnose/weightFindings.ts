import type { LayerFilters } from '../filters/layerFilters';
import { PAPER_RADIUS, type FilterStatistics } from '../filters/statistics';
import { countOf, type Counted, type Finding } from './finding';

/** What the weights of any layer show: dead, dominating and duplicated filters. */
export function weightFindings(
  layer: string,
  { dims: [total], over, kind }: Pick<LayerFilters, 'dims' | 'over' | 'kind'>,
  statistics: FilterStatistics,
): Finding[] {
  const subject = { layer, total, counted: kind === 'dense' ? 'unit' : 'filter' } as const;
  return [
    ...dead(subject, statistics),
    ...dominating(subject, over, statistics),
    ...duplicates(subject, statistics),
  ];
}

interface WeightsOfLayer {
  readonly layer: string;
  readonly total: number;
  readonly counted: Counted;
}

function dead({ layer, total, counted }: WeightsOfLayer, statistics: FilterStatistics): Finding[] {
  const { dead: filters } = statistics;
  if (filters.length === 0) return [];
  const [are, their] = filters.length === 1 ? ['is', 'its'] : ['are', 'their'];
  return [
    {
      code: 'dead-filters',
      severity: 'warning',
      layer,
      message: `${countOf(filters, total, counted)} of ${layer} ${are} dead: ${their} weights are zero, or less than a thousandth of the others'.`,
      why: `A ${counted} without weights sees nothing. It costs time and memory, and often tells of a learning rate that was too high.`,
      filters,
      fix: null,
    },
  ];
}

function dominating(
  { layer, counted }: WeightsOfLayer,
  over: LayerFilters['over'],
  { dominating: filters, rms, medianRms }: FilterStatistics,
): Finding[] {
  const [strongest] = filters;
  if (strongest === undefined) return [];
  const times = (rms[strongest]! / medianRms).toFixed(1);
  // The paper's rule is for convolutions.
  const radius = over === 'vector' ? '' : `, and more than the ${PAPER_RADIUS} of the paper's rule`;
  return [
    {
      code: 'dominating-filter',
      severity: 'warning',
      layer,
      message: `${capital(counted)} ${strongest} of ${layer} dominates: its RMS of ${rms[strongest]!.toPrecision(2)} is ${times} times the median${radius}.`,
      why: `A few ${counted}s that outweigh the others drown them. In training, Zeiler & Fergus (section 3) scale every filter of a convolution whose RMS exceeds ${PAPER_RADIUS} back to exactly that.`,
      filters,
      fix: null,
    },
  ];
}

function duplicates(
  { layer, total, counted }: WeightsOfLayer,
  { duplicates: groups }: FilterStatistics,
): Finding[] {
  const repeated = (groups ?? []).flatMap(({ filters }) => filters.slice(1));
  if (!groups || repeated.length === 0) return [];
  const pairs = groups.slice(0, 3).map(({ filters }) => {
    return `${filters.slice(0, 6).join(' = ')}${filters.length > 6 ? ' = …' : ''}`;
  });
  const repeat = repeated.length === 1 ? 'repeats another' : 'repeat others';
  return [
    {
      code: 'duplicate-filters',
      severity: 'information',
      layer,
      message: `${countOf(repeated, total, counted)} of ${layer} ${repeat}: ${pairs.join('; ')}${groups.length > 3 ? '; …' : ''}.`,
      why: `${capital(counted)}s that look for the same tell the next layer nothing new: the layer could be narrower.`,
      filters: repeated,
      fix: null,
    },
  ];
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
