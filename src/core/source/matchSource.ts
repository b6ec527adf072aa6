import { agreement, agrees, mismatchesOf } from './agreement';
import { align } from './align';
import type { LayerDefinition, LayerUse, SourceModel, SourceReading } from './definition';
import { explain } from './explainMatch';
import { endsAlike, layerPath } from './layerPaths';
import type { GraphLayer, LayerMatch, SourceMatch } from './match';

/** One line as part of one model. */
interface Candidate {
  readonly definition: LayerDefinition;
  readonly use: LayerUse;
  /** The path of its use, dotted also where the name has slashes: Caffe's `inception_3a/1x1`. */
  readonly path: string;
}

/** A layer of the loaded model with the paths that its names stand for. */
interface PathedLayer extends GraphLayer {
  readonly paths: readonly string[];
}

/**
 * The lines that define the layers of a loaded model: by the names in its file, and what these leave by order, where kernel, stride
 * and channels agree more than they do not. Of several models in the text the one that fits best counts.
 */
export function matchSource(reading: SourceReading, graph: readonly GraphLayer[]): SourceMatch {
  const layers = graph.map(({ label, traits }): PathedLayer => ({
    label,
    traits,
    paths: pathsOf(traits.names),
  }));
  const candidates = candidatesOf(reading);
  // Large models first: smaller ones that cannot fit better need not be matched then.
  const most = (index: number) => Math.min(candidates[index]!.length, layers.length);
  const order = [...candidates.keys()].sort((a, b) => most(b) - most(a));
  let best: { readonly match: SourceMatch; readonly fit: number; readonly index: number } | undefined;
  for (const index of order) {
    if (best && most(index) < best.fit) break;
    const match = matchModel(reading.models[index]!, candidates[index]!, layers);
    const fit = fitOf(match);
    const fitsBetter = !best || fit > best.fit || (fit === best.fit && index < best.index);
    if (match.layers.length > 0 && fitsBetter) best = { match, fit, index };
  }
  return best?.match ?? matchModel(null, [], layers);
}

/**
 * Lines that define layers with weights, none of which the loaded model has: an auxiliary head that is left out when a model is
 * exported, a block that only another model of the file uses.
 */
export function linesWithoutLayer(reading: SourceReading, match: SourceMatch): LayerDefinition[] {
  const matched = new Set(match.layers.map(({ definition }) => definition));
  return reading.definitions.filter(
    (definition) => weighted.includes(definition.kind) && !matched.has(definition),
  );
}

const weighted = ['convolution', 'transposedConvolution', 'dense'];

/** The lines of every model, in the order in which it runs them. */
function candidatesOf({ models, definitions }: SourceReading): Candidate[][] {
  const candidates = models.map((): Candidate[] => []);
  for (const definition of definitions) {
    if (!weighted.includes(definition.kind)) continue;
    for (const use of definition.uses) {
      candidates[use.model]?.push({ definition, use, path: use.path.replaceAll('/', '.') });
    }
  }
  for (const own of candidates) own.sort((a, b) => a.use.order - b.use.order);
  return candidates;
}

/** No more than layers are matched: those that agree speak for a model, lines without a layer against it: `resnet34` holds all names of `resnet18`. */
function fitOf({ layers, unmatchedDefinitions }: SourceMatch): number {
  const differing = layers.filter(({ mismatches }) => mismatches.length > 0).length;
  return layers.length - 0.75 * differing - 0.1 * unmatchedDefinitions.length;
}

function matchModel(
  model: SourceModel | null,
  candidates: readonly Candidate[],
  layers: readonly PathedLayer[],
): SourceMatch {
  const named = pairByName(candidates, layers);
  const taken = new Set(named.values());
  const openLayers = layers.filter((layer) => !named.has(layer));
  const openCandidates = candidates.filter((candidate) => !taken.has(candidate));
  const ordered = pairByOrder(openCandidates, openLayers);
  const matches = layers.flatMap((layer): LayerMatch[] => {
    const candidate = named.get(layer) ?? ordered.get(layer);
    if (candidate === undefined) return [];
    const { definition, use } = candidate;
    const mismatches = mismatchesOf(use.arguments, layer.traits);
    const how = named.has(layer) ? 'name' : 'order';
    return [{ definition, use, layer: layer.label, traits: layer.traits, how, mismatches }];
  });
  const matched = new Set(matches.map(({ use }) => use));
  const unmatchedLayers = layers.filter((layer) => !named.has(layer) && !ordered.has(layer));
  const unmatched = candidates.filter(({ use }) => !matched.has(use)).map(({ definition }) => definition);
  return {
    model,
    layers: matches,
    unmatchedLayers: unmatchedLayers.map(({ label }) => label),
    unmatchedDefinitions: [...new Set(unmatched)],
    explanation: explain(matches, layers.length),
  };
}

/** Layers whose names lead to one line, and to one only. */
function pairByName(
  candidates: readonly Candidate[],
  layers: readonly PathedLayer[],
): Map<PathedLayer, Candidate> {
  const byEnding = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const ending = lastOf(candidate.path);
    byEnding.set(ending, [...(byEnding.get(ending) ?? []), candidate]);
  }
  const pairs = new Map<PathedLayer, Candidate>();
  const taken = new Set<Candidate>();
  for (const layer of layers) {
    const open = (path: string) => (byEnding.get(lastOf(path)) ?? []).filter((each) => !taken.has(each));
    const [candidate] = layer.paths.flatMap((path) => oneNamed(path, layer, open(path)));
    if (candidate === undefined) continue;
    taken.add(candidate);
    pairs.set(layer, candidate);
  }
  return pairs;
}

/**
 * Layers in the order of the lines. Where the file holds branches in another order, those that agree in all numbers come first: in
 * order, then across, then what is left; of both ways the one by which more agree.
 */
function pairByOrder(
  candidates: readonly Candidate[],
  layers: readonly PathedLayer[],
): Map<PathedLayer, Candidate> {
  const straight = pairInTurns([score], candidates, layers);
  const reachable = layers.filter((layer) => candidates.some((each) => scoreWhole(each, layer) > 0)).length;
  if (agreeing(straight) >= Math.min(candidates.length, reachable)) return straight;
  const across = pairInTurns([scoreWhole, scoreWhole, score], candidates, layers);
  return agreeing(across) > agreeing(straight) ? across : straight;
}

function agreeing(pairs: ReadonlyMap<PathedLayer, Candidate>): number {
  return [...pairs].filter(([layer, { use }]) => agrees(use.arguments, layer.traits)).length;
}

/** Each turn pairs what the ones before it left. */
function pairInTurns(
  turns: readonly (typeof score)[],
  candidates: readonly Candidate[],
  layers: readonly PathedLayer[],
): Map<PathedLayer, Candidate> {
  const pairs = new Map<PathedLayer, Candidate>();
  for (const weigh of turns) {
    const taken = new Set(pairs.values());
    const openLayers = layers.filter((layer) => !pairs.has(layer));
    const open = candidates.filter((candidate) => !taken.has(candidate));
    const aligned = align(openLayers.length, open.length, (i, j) => weigh(open[j]!, openLayers[i]!));
    for (const [i, j] of aligned) pairs.set(openLayers[i]!, open[j]!);
  }
  return pairs;
}

function oneNamed(path: string, layer: GraphLayer, candidates: readonly Candidate[]): Candidate[] {
  const similar = candidates.filter(({ definition }) => definition.kind === layer.traits.kind);
  const exact = similar.filter((each) => each.path !== '' && each.path === path);
  if (exact.length > 0) return exact.slice(0, 1);
  const ending = similar.filter((each) => each.path !== '' && endsAlike(each.path, path));
  return ending.length === 1 ? ending : [];
}

function pathsOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => layerPath(name) ?? []))];
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function score({ definition, use }: Candidate, { traits }: GraphLayer): number {
  return definition.kind === traits.kind ? agreement(use.arguments, traits) : 0;
}

/** The same, of lines that say nothing else than the layer has. */
function scoreWhole(candidate: Candidate, layer: GraphLayer): number {
  const value = score(candidate, layer);
  return value > 0 && agrees(candidate.use.arguments, layer.traits) ? value : 0;
}
