import { binCount, binOf } from './histogram';
import { createRanking, offer, takeRanking, type Ranking } from './ranking';
import type { LayerPeaks, ScannedLayer, ScannedPass } from './scan';

/** What is known of one layer after some images. */
export interface LayerFindings {
  readonly layer: ScannedLayer;
  readonly ranking: Ranking;
  /** `maps x binCount`: images by the strongest activation of the map in them. */
  readonly histogram: Uint32Array;
  /** 1 for maps whose ranking changed since the caller last looked. */
  readonly changed: Uint8Array;
}

export function createFindings(layer: ScannedLayer, places: number): LayerFindings {
  return {
    layer,
    ranking: createRanking(layer.maps, places),
    histogram: new Uint32Array(layer.maps * binCount),
    changed: new Uint8Array(layer.maps),
  };
}

/**
 * Takes what one pass found into the findings of all layers. Returns for each image of the pass the bins it was counted in,
 * one a map, layer after layer, so that it can be taken out again.
 */
export function takeIn(findings: readonly LayerFindings[], pass: ScannedPass): Uint8Array[] {
  const maps = findings.reduce((sum, { layer }) => sum + layer.maps, 0);
  const bins = pass.images.map(() => new Uint8Array(maps));
  let start = 0;
  findings.forEach((found, index) => {
    const peaks = pass.layers[index]!;
    pass.images.forEach((image, i) => {
      takeImage(found, { image, row: i * found.layer.maps }, peaks, bins[i]!.subarray(start));
    });
    start += found.layer.maps;
  });
  return bins;
}

function takeImage(
  { layer, ranking, histogram, changed }: LayerFindings,
  { image, row }: { readonly image: number; readonly row: number },
  { each, values, positions }: LayerPeaks,
  bins: Uint8Array,
): void {
  for (let map = 0; map < layer.maps; map++) {
    const first = (row + map) * each;
    bins[map] = binOf(values[first]!);
    histogram[map * binCount + bins[map]!]!++;
    for (let at = first; at < first + each; at++) {
      const candidate = { value: values[at]!, image, position: positions[at]! };
      if (!offer(ranking, map, candidate)) break;
      changed[map] = 1;
    }
  }
}

/** Takes the strongest activations among other images into the findings, layer by layer. Counts no image. */
export function takeRankings(findings: readonly LayerFindings[], rankings: readonly Ranking[]): void {
  findings.forEach(({ ranking, changed }, layer) => {
    takeRanking(ranking, rankings[layer]!, changed);
  });
}

/** Counts an image in the histograms by its bins. */
export function count(findings: readonly LayerFindings[], bins: Uint8Array): void {
  addToBins(findings, bins, 1);
}

/** Takes an image out of the histograms by the bins it was counted in. */
export function uncount(findings: readonly LayerFindings[], bins: Uint8Array): void {
  addToBins(findings, bins, -1);
}

function addToBins(findings: readonly LayerFindings[], bins: Uint8Array, images: 1 | -1): void {
  let start = 0;
  for (const { layer, histogram } of findings) {
    for (let map = 0; map < layer.maps; map++) histogram[map * binCount + bins[start + map]!]! += images;
    start += layer.maps;
  }
}

/** Maps that no image activated. */
export function inactiveMaps({ layer, histogram }: LayerFindings): number[] {
  const isInactive = (map: number): boolean =>
    histogram.subarray(map * binCount + 1, (map + 1) * binCount).every((count) => count === 0);
  return Array.from({ length: layer.maps }, (_, map) => map).filter(isInactive);
}
