/** The strongest activations of every feature map of one layer, at most `places` of each. */
export interface Ranking {
  readonly maps: number;
  readonly places: number;
  /** How many places of each map are taken. */
  readonly taken: Int32Array;
  /** 1 for maps of which weaker activations than the last place are not remembered. */
  readonly cut: Uint8Array;
  /** `maps x places`, strongest first: activations, images, and row-major positions in the map. */
  readonly values: Float32Array;
  readonly images: Int32Array;
  readonly positions: Int32Array;
}

export function createRanking(maps: number, places: number): Ranking {
  return {
    maps,
    places,
    taken: new Int32Array(maps),
    cut: new Uint8Array(maps),
    values: new Float32Array(maps * places),
    images: new Int32Array(maps * places),
    positions: new Int32Array(maps * places),
  };
}

/** One activation of a map. Images are numbered in the order of their paths, so that number decides ties. */
export interface Candidate {
  readonly value: number;
  readonly image: number;
  readonly position: number;
}

/**
 * Takes an activation into the ranking of its map if it is among the strongest; returns whether it is. The outcome does
 * not depend on the order of offers: equal activations rank by image, then by position. Only positive numbers count, as a
 * map without a positive activation is inactive.
 */
export function offer(ranking: Ranking, map: number, candidate: Candidate): boolean {
  const { places, taken, cut, values, images, positions } = ranking;
  const { value, image, position } = candidate;
  if (!(value > 0)) return false;
  const first = map * places;
  const count = taken[map]!;
  let at = first + count;
  while (at > first && precedes(candidate, ranking, at - 1)) at--;
  const behind = at === first + count;
  if (count === places) cut[map] = 1;
  if (behind && cut[map] === 1) return false;
  for (const array of [values, images, positions]) {
    array.copyWithin(at + 1, at, first + Math.min(count, places - 1));
  }
  values[at] = value;
  images[at] = image;
  positions[at] = position;
  taken[map] = Math.min(count + 1, places);
  return true;
}

function precedes({ value, image, position }: Candidate, ranking: Ranking, at: number): boolean {
  const { values, images, positions } = ranking;
  if (values[at] !== value) return value > values[at]!;
  if (images[at] !== image) return image < images[at]!;
  return position < positions[at]!;
}

/**
 * Takes the ranking of other images into a ranking of as many maps; images are numbered alike in both. What comes out is the
 * ranking of all of them, in whatever order parts are taken in, as far as both sides remember. Sets `changed` to 1 for the maps
 * whose places change.
 */
export function takeRanking(ranking: Ranking, other: Ranking, changed: Uint8Array): void {
  for (let map = 0; map < ranking.maps; map++) {
    let last: Candidate | undefined;
    for (const candidate of placesOf(other, map)) {
      if (offer(ranking, map, candidate)) changed[map] = 1;
      last = candidate;
    }
    if (other.cut[map] === 0) continue;
    // Behind its last place the other one may have had stronger activations than these.
    while (ranking.taken[map]! > 0 && isBehind(ranking, map, last)) {
      ranking.taken[map]!--;
      changed[map] = 1;
    }
    ranking.cut[map] = 1;
  }
}

/** Whether the last place of a map comes behind a candidate, or after none at all. */
function isBehind(ranking: Ranking, map: number, candidate: Candidate | undefined): boolean {
  return (
    candidate === undefined || precedes(candidate, ranking, map * ranking.places + ranking.taken[map]! - 1)
  );
}

/**
 * Whether the first `wanted` places of every map can be told. A map that passed weaker activations over and lost places
 * since (the images that held them are gone) may have too few left.
 */
export function isComplete({ maps, taken, cut }: Ranking, wanted: number): boolean {
  for (let map = 0; map < maps; map++) if (cut[map] === 1 && taken[map]! < wanted) return false;
  return true;
}

/** The places of one map that are taken, strongest first. */
export function* placesOf(ranking: Ranking, map: number): Generator<Candidate> {
  const first = map * ranking.places;
  for (let at = first; at < first + ranking.taken[map]!; at++) {
    yield { value: ranking.values[at]!, image: ranking.images[at]!, position: ranking.positions[at]! };
  }
}
