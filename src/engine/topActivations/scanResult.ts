import { inactiveMaps, type LayerFindings } from '../../core/experiments/topActivations/findings';
import type { ScanProblem, ScanResult } from '../../protocol/topActivations';
import type { Index } from './indexFile';
import { mostProblems, queries } from './readIndex';

/** What an index comes to when all of its images are in it. */
export function resultOf(
  { database }: Index,
  findings: readonly LayerFindings[],
  counts: Omit<ScanResult, 'unread' | 'folders' | 'problems' | 'layers'>,
): ScanResult {
  const problems = database.all(queries.problems, mostProblems) as unknown as ScanProblem[];
  const { unread, folders } = database.get(queries.unread) as { unread: number; folders: number };
  const layers = findings.map((found) => ({
    label: found.layer.label,
    maps: found.layer.maps,
    inactive: inactiveMaps(found).length,
  }));
  return { ...counts, unread, folders, problems, layers };
}
