import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { outerLayers } from '../../core/experiments/hiddenLayers';
import { checkTransformations, invariance, invarianceTensors } from '../../core/experiments/invariance';
import { asPicture } from '../../core/imaging/preprocess';
import type { InvarianceProgress, InvarianceRequest } from '../../protocol/invariance';
import type { Recorded } from '../recorded';
import { classNames, followedLabel, resumablePlan } from './plan';

/** Transforms a recorded picture and measures how far its features move: the plan first, then point by point. */
export async function* measureInvariance(
  recorded: Recorded,
  request: InvarianceRequest,
  signal: AbortSignal,
): AsyncGenerator<InvarianceProgress> {
  const { model, input } = recorded;
  const { network, summary, forwards } = model;
  const { classifier } = network;
  const { preprocessing } = summary;
  const { kind, values, fill, known } = request;
  checkTransformations(kind, values);
  const names = request.layers ?? outerLayers(network).map(({ label }) => label);
  const layers = names.map((name) => tensorOf(network, name));
  const label = followedLabel(recorded, request.label);
  const common = await resumablePlan(model, {
    images: [request.image],
    settings: ['invariance', kind, values, fill, names, label],
    steps: values.length,
    known,
    notes: classifier ? [] : ['The model is no classifier: there are distances, but no probabilities.'],
  });
  yield { kind: 'plan', plan: { ...common, layers: names, label, labels: classNames(model) } };
  const settings = { kind, values: values.slice(common.taken), fill, layers, classifier, signal };
  const forward = await forwards.open({ tensors: invarianceTensors(settings) });
  const picture = asPicture(input, preprocessing);
  for await (const point of invariance(forward, { picture, preprocessing, label }, settings)) {
    yield { kind: 'point', point };
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
  }
}
