import { layerMaxima, record, type Recording } from '../core/deconvnet/record';
import { probabilitiesFrom, scoresTensor } from '../core/experiments/probabilities';
import type { FloatTensor } from '../core/tensor/tensor';
import type { LayerRecording, Prediction } from '../protocol/model';
import type { OpenModel, Recorder } from './openModel';

/** One forward pass with everything that is asked about it later. */
export interface Recorded {
  readonly model: OpenModel;
  readonly recording: Recording;
  readonly input: FloatTensor;
  readonly layers: readonly LayerRecording[];
  readonly top: readonly Prediction[];
  readonly warnings: readonly string[];
  readonly forwardMs: number;
}

const TOP = 5;

/** Runs a network input forward and summarises every layer. */
export async function recordInput(
  model: OpenModel,
  { instrumented, session }: Recorder,
  input: FloatTensor,
): Promise<Recorded> {
  const start = performance.now();
  const recording = await record(model.network, instrumented, session, input);
  const forwardMs = performance.now() - start;
  const warnings: string[] = [];
  const layers = model.network.layers.map((layer) => {
    const { broken, ...maxima } = layerMaxima(recording, layer);
    // Only the first layer is named: everything behind it follows from it.
    if (broken && warnings.length === 0) warnings.push(notFinite(layer.label));
    return { label: layer.label, ...maxima };
  });
  return { model, recording, input, layers, top: predictions(model, recording), warnings, forwardMs };
}

function notFinite(layer: string): string {
  return `Layer "${layer}" holds values that are no numbers (NaN): check the weights and the preprocessing.`;
}

/** The most probable classes. Scores of a model without a softmax of its own are turned into probabilities. */
function predictions({ network, labels }: OpenModel, recording: Recording): Prediction[] {
  const { classifier } = network;
  if (!classifier) return [];
  const probabilities = probabilitiesFrom(classifier, recording.features.get(scoresTensor(classifier))!);
  const order = Array.from(probabilities.keys()).filter((index) => Number.isFinite(probabilities[index]));
  order.sort((a, b) => probabilities[b]! - probabilities[a]!);
  return order.slice(0, TOP).map((index) => ({
    label: labels?.[index] ?? `class ${index}`,
    index,
    probability: probabilities[index]!,
  }));
}
