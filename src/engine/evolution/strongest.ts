import { createFindings, takeIn } from '../../core/experiments/topActivations/findings';
import { placesOf, type Candidate } from '../../core/experiments/topActivations/ranking';
import { scan, type ScannedLayer } from '../../core/experiments/topActivations/scan';
import { peakNames } from '../../core/rewrite/peaks';
import type { ScanProblem } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import type { ListedImage } from '../topActivations/listImages';
import { loadImages } from '../topActivations/loadImages';
import { scannedLayers } from '../topActivations/scanImages';

/** A set of pictures. */
export interface PictureSet {
  readonly folder: string;
  readonly listed: readonly ListedImage[];
  /** Hears of pictures that cannot be read, at each checkpoint. */
  readonly passOver: (problem: ScanProblem) => void;
}

/** By layer and map the strongest activation over a set of pictures; `undefined` for a map that none activates. */
export type Strongest = (layer: string, map: number) => Candidate | undefined;

/** Runs all pictures of a set, those aside that cannot be read. */
export async function findStrongest(
  model: OpenModel,
  labels: readonly string[],
  { folder, listed, passOver }: PictureSet,
  signal: AbortSignal,
): Promise<Strongest> {
  const { forwards, summary } = model;
  const layers = scannedLayers(model, labels);
  const forward = await forwards.open({ tensors: [], peaks: layers.map(({ tensor }) => tensor) });
  const fetched = (layer: ScannedLayer) => ({ kind: 'peaks', ...peakNames(layer.tensor, layer) }) as const;
  const findings = layers.map((layer) => createFindings(layer, 1));
  const plan = { listed, pending: [...listed.keys()] };
  const { images } = loadImages(folder, plan, summary.preprocessing, ({ number, problem }) =>
    passOver({ path: listed[number]!.path, problem }),
  );
  for await (const pass of scan(images, forward, { layers, fetched, each: 1, signal }))
    takeIn(findings, pass);
  return (label, map) => {
    const found = findings.find(({ layer }) => layer.label === label);
    const [first] = found ? placesOf(found.ranking, map) : [];
    return first;
  };
}
