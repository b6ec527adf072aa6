import type { SourceReading } from '../../core/source/definition';
import { matchSource } from '../../core/source/matchSource';
import type { SourceMatch } from '../../core/source/match';
import type { ModelSummary } from '../../protocol/model';
import { nearestFirst } from './nearness';

export interface ModelSearch {
  /** Absolute path of the file; `undefined` for code that was not saved yet. */
  readonly source: string | undefined;
  readonly reading: SourceReading;
  /** What the user said once. */
  readonly remembered: string | undefined;
  /** Models that may be opened, in no order, the bundled one left out. */
  readonly models: readonly string[];
  readonly bundled: string | undefined;
  /** `undefined` where a model cannot be opened. */
  readonly open: (model: string) => Promise<ModelSummary | undefined>;
}

/** A model and how the code fits it. */
export interface MatchedModel {
  readonly model: ModelSummary;
  readonly match: SourceMatch;
}

/** Opening a model takes time and memory: farther ones than these are left for the user to name. */
const mostOpened = 6;

/**
 * The model that a file defines: the one the user named, else one whose sidecar names the file, else the nearest whose layers' names
 * match, else the nearest with at least half of its layers in agreement; the bundled model only where all of it agrees.
 */
export async function findModel(search: ModelSearch): Promise<MatchedModel | undefined> {
  const { source, reading, remembered, models, bundled, open } = search;
  const matched = async (path: string): Promise<MatchedModel | undefined> => {
    const model = await open(path);
    return model && { model, match: matchSource(reading, model.layers) };
  };
  if (remembered !== undefined) {
    const named = await matched(remembered);
    if (named) return named;
  }
  const near = source === undefined ? [...models] : nearestFirst(models, source);
  let best: MatchedModel | undefined;
  for (const path of near.slice(0, mostOpened)) {
    const candidate = await matched(path);
    if (!candidate) continue;
    if (source !== undefined && candidate.model.source === source) return candidate;
    if (trust(candidate) > (best ? trust(best) : 0)) best = candidate;
  }
  if (best || bundled === undefined) return best;
  const own = await matched(bundled);
  return own && agreesFully(own) ? own : undefined;
}

/** Layers matched by name weigh more than layers matched by order; 0 where less than half of the model is matched. */
function trust({ model, match }: MatchedModel): number {
  const agreeing = match.layers.filter(({ how, mismatches }) => how === 'name' || mismatches.length === 0);
  if (agreeing.length * 2 < model.layers.length) return 0;
  const named = match.layers.filter(({ how }) => how === 'name').length;
  const differing = match.layers.filter(({ mismatches }) => mismatches.length > 0).length;
  return (2 * named + (match.layers.length - named) - differing / 2) / model.layers.length;
}

function agreesFully({ model, match }: MatchedModel): boolean {
  const same = match.layers.filter(({ mismatches }) => mismatches.length === 0);
  return same.length === model.layers.length && match.unmatchedDefinitions.length === 0;
}
