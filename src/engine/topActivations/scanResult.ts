import { inactiveMaps, type LayerFindings } from '../../core/experiments/topActivations/findings';
import type { ScanResult } from '../../protocol/topActivations';
import { readImages, type Index } from './indexFile';

/** What an index comes to when all of its images are in it. */
export function resultOf(
  { database }: Index,
  findings: readonly LayerFindings[],
  images: Pick<ScanResult, 'images' | 'scanned'>,
): ScanResult {
  const problems = readImages(database)
    .flatMap(({ path, problem }) => (problem === null ? [] : [{ path, problem }]))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const layers = findings.map((found) => ({
    label: found.layer.label,
    maps: found.layer.maps,
    inactive: inactiveMaps(found).length,
  }));
  return { ...images, problems, layers };
}
