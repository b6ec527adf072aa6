import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { invalidUnit } from '../../core/errors';
import { noClassifier } from '../../core/experimentErrors';
import { scoredLayers } from '../../core/experiments/hiddenLayers';
import { runLesions, type LayerLesion, type Lesion } from '../../core/experiments/lesion';
import { probabilitiesFrom } from '../../core/experiments/probabilities';
import type { Classifier } from '../../core/graph/classifier';
import type { Network } from '../../core/network';
import type { LesionAnswer, LesionChoice, LesionProgress, LesionRequest } from '../../protocol/lesion';
import type { Recorded } from '../recorded';
import { classNames, followedLabel, resumablePlan } from './plan';

/** As many classes as everywhere. */
const TOP = 5;

/** Answers are passed on in portions: a layer may have thousands of maps. */
const PORTION = 32;

/** Switches feature maps off for a recorded picture: the plan first, then the answers in order. */
export async function* lesionNetwork(
  recorded: Recorded,
  request: LesionRequest,
  signal: AbortSignal,
): AsyncGenerator<LesionProgress> {
  const { model, input } = recorded;
  const { network, summary } = model;
  const { classifier } = network;
  const label = followedLabel(recorded, request.label);
  if (!classifier || label === null) throw noClassifier(summary.name);
  const { mode, known } = request;
  const choices = lesionsOf(network, request.lesions);
  const lesions = choices.map((lesion) => lesion.map((choice) => layerLesion(network, choice)));
  const tensors = [...new Set(lesions.flat().map(({ tensor }) => tensor))];
  const anywhere = scoredLayers(network)[0]!.tensor;
  const lesionable = await model.lesions.open(tensors.length > 0 ? tensors : [anywhere], input.data);
  const answers = async (wanted: readonly Lesion[]): Promise<LesionAnswer[]> => {
    const collected: LesionAnswer[] = [];
    for await (const scores of runLesions(lesionable, wanted, { mode, signal }))
      collected.push(answerOf(scores, classifier, label));
    return collected;
  };
  const [clean] = await answers([[]]);
  const common = await resumablePlan(model, {
    images: [request.image],
    settings: ['lesion', mode, label, choices],
    steps: lesions.length,
    known,
  });
  yield {
    kind: 'plan',
    plan: { ...common, label, labels: classNames(model), lesions: choices, clean: clean! },
  };
  for (let start = common.taken; start < lesions.length; start += PORTION) {
    yield { kind: 'answers', answers: await answers(lesions.slice(start, start + PORTION)) };
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
  }
}

function lesionsOf(
  network: Network,
  lesions: LesionRequest['lesions'],
): readonly (readonly LesionChoice[])[] {
  if (lesions === 'layers') return scoredLayers(network).map(({ label }) => [{ layer: label, maps: 'all' }]);
  if (!('mapsOf' in lesions)) return lesions;
  const { maps } = network.resolved.grids.get(tensorOf(network, lesions.mapsOf))!;
  return Array.from({ length: maps }, (_, map) => [{ layer: lesions.mapsOf, maps: [map] }]);
}

function layerLesion(network: Network, { layer, maps }: LesionChoice): LayerLesion {
  const tensor = tensorOf(network, layer);
  const grid = network.resolved.grids.get(tensor)!;
  const missing = maps === 'all' ? undefined : maps.find((map) => map >= grid.maps);
  if (missing !== undefined) throw invalidUnit(tensor, missing, [0, 0], grid);
  return { tensor, maps };
}

function answerOf(scores: Float32Array, classifier: Classifier, label: number): LesionAnswer {
  const probabilities = probabilitiesFrom(classifier, scores);
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const top = order.slice(0, TOP);
  return {
    probability: probabilities[label] ?? 0,
    top,
    topProbabilities: top.map((index) => probabilities[index]!),
  };
}
