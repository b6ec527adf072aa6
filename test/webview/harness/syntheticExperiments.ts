import type { CorrespondenceProgress, CorrespondenceRequest } from '../../../src/protocol/correspondence';
import type { InvarianceProgress, InvarianceRequest } from '../../../src/protocol/invariance';
import type { LesionAnswer, LesionProgress, LesionRequest } from '../../../src/protocol/lesion';
import type { KnownSteps, ResumablePlan } from '../../../src/protocol/resume';
import type { Scenario } from './scenario';
import { noise, syntheticRecording } from './syntheticModel';

function planOf(
  scenario: Scenario,
  { image, known, ...settings }: { readonly image: string; readonly known?: KnownSteps },
  steps: number,
): ResumablePlan {
  const { model } = syntheticRecording(scenario, image);
  const key = JSON.stringify([image, settings]);
  const notes = scenario.isClassifier ? [] : ['The model is no classifier.'];
  return { key, steps, taken: known?.key === key ? known.count : 0, modelHash: model.hash, notes };
}

function labelsOf(scenario: Scenario, image: string): string[] {
  const names = new Map(syntheticRecording(scenario, image).top.map(({ index, label }) => [index, label]));
  return Array.from({ length: 1000 }, (_, index) => names.get(index) ?? `class ${index}`);
}

/** Curves as in figure 5: the first layer saturates soon, the last rises slowly. */
export function* syntheticInvariance(
  scenario: Scenario,
  request: InvarianceRequest,
): Generator<InvarianceProgress> {
  const { image, kind, values } = request;
  const layers = request.layers ?? ['conv1', 'fc6'];
  const common = planOf(scenario, request, values.length);
  const { top } = syntheticRecording(scenario, image);
  const label = scenario.isClassifier ? (request.label ?? top[0]!.index) : null;
  const labels = scenario.isClassifier ? labelsOf(scenario, image) : [];
  yield { kind: 'plan', plan: { ...common, layers, label, labels } };
  const scale = image.includes('harbour') ? 1.3 : 1;
  for (const value of values.slice(common.taken)) {
    const change = Math.abs(kind === 'scale' ? (value - 1) * 60 : kind === 'rotation' ? value / 4 : value);
    const distances = layers.map((_, i) => scale * (i === 0 ? 9 * (1 - Math.exp(-change / 6)) : change / 9));
    const probability = label === null ? null : 0.91 * Math.exp(-((change / 40) ** 2));
    yield {
      kind: 'point',
      point: {
        value,
        distances,
        relative: distances.map((distance) => distance / 8),
        probability,
        top: label,
      },
    };
  }
}

/** Maps that matter more the later they are. */
export function* syntheticLesion(scenario: Scenario, request: LesionRequest): Generator<LesionProgress> {
  const { image, lesions } = request;
  const { model, top } = syntheticRecording(scenario, image);
  const label = request.label ?? top[0]!.index;
  const wanted =
    lesions === 'layers'
      ? model.layers.map((layer) => [{ layer: layer.label, maps: 'all' as const }])
      : 'mapsOf' in lesions
        ? Array.from({ length: 64 }, (_, map) => [{ layer: lesions.mapsOf, maps: [map] }])
        : lesions;
  const answerOf = (probability: number): LesionAnswer => {
    const others = top.filter(({ index }) => index !== label);
    const rest = others.map(({ index }, i) => ({ index, probability: (1 - probability) / (2 + i) / 2 }));
    const ranked = [{ index: label, probability }, ...rest].sort((a, b) => b.probability - a.probability);
    return {
      probability,
      top: ranked.map(({ index }) => index),
      topProbabilities: ranked.map((entry) => entry.probability),
    };
  };
  const common = planOf(scenario, request, wanted.length);
  const labels = labelsOf(scenario, image);
  yield { kind: 'plan', plan: { ...common, label, labels, lesions: wanted, clean: answerOf(0.91) } };
  const answers = wanted.map((lesion, index) => {
    const harm = lesion.reduce((sum, { maps }) => sum + (maps === 'all' ? 0.6 : 0.1 * maps.length), 0);
    return answerOf(0.91 * Math.max(0.02, 1 - harm * noise(index, lesion.length)));
  });
  for (let start = common.taken; start < answers.length; start += 32) {
    yield { kind: 'answers', answers: answers.slice(start, start + 32) };
  }
}

/** Parts below random places but at the last layer, where nothing differs. */
export function* syntheticCorrespondence(
  scenario: Scenario,
  request: CorrespondenceRequest,
): Generator<CorrespondenceProgress> {
  const { images, parts, draws, size, seed } = request;
  const { model } = syntheticRecording(scenario, images[0]!.image);
  const layers = model.layers.map(({ label }) => label);
  const key = JSON.stringify([images, parts, size, seed]);
  const steps = parts.length + draws;
  const taken = request.known?.key === key ? Math.min(request.known.count, steps) : 0;
  const names = images.map(({ image }) => image.split('/').at(-1)!);
  const plan = { key, steps, taken, modelHash: model.hash, notes: [] };
  yield { kind: 'plan', plan: { ...plan, layers, images: names } };
  for (let step = taken; step < steps; step++) {
    const part = parts[step] ?? null;
    const distances = layers.map((_, layer) => {
      const level = part === null || layer === layers.length - 1 ? 0.11 : 0.07 + 0.004 * step;
      return images.slice(1).map((__, pair) => level + 0.03 * (noise(step, layer, pair) - 0.5));
    });
    yield { kind: 'step', step: { part, distances } };
  }
}
