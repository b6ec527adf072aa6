import { unknownLayer } from '../errors';
import type { Layer } from '../graph/layers';
import type { Network } from '../network';
import type { Instrumented } from '../rewrite/instrument';
import type { Session } from '../runtime';
import { argMax } from '../tensor/argMax';
import { toFloat32, type FloatTensor } from '../tensor/tensor';

/** One image's forward pass with everything a projection reads: "present an image, record the switches". */
export interface Recording {
  readonly network: Network;
  readonly input: FloatTensor;
  /** Feature maps and other recorded tensors, row-major. */
  readonly features: ReadonlyMap<string, Float32Array>;
  /** Switches of every MaxPool node, by node name. */
  readonly switches: ReadonlyMap<string, Int32Array>;
}

/**
 * Runs one image `[1, C, H, W]` forward through a session of the instrumented graph
 * (Zeiler & Fergus 2013, section 2.1: "an input image is presented and features computed throughout the layers").
 */
export async function record(
  network: Network,
  instrumented: Instrumented,
  session: Session,
  input: FloatTensor,
): Promise<Recording> {
  const fetches = [...instrumented.features, ...instrumented.switches.values()];
  const values = await session.run(new Map([[network.input.name, input]]), fetches);
  const features = new Map<string, Float32Array>([[network.input.name, input.data]]);
  for (const name of instrumented.features) features.set(name, toFloat32(values.get(name)!));
  const switches = new Map<string, Int32Array>();
  for (const [node, name] of instrumented.switches) switches.set(node, values.get(name)!.data as Int32Array);
  return { network, input, features, switches };
}

/**
 * The tensor that a layer's label or a tensor's name stands for. Class units start from the scores, never through the
 * softmax, so the probabilities stand for the scores they were made of. Throws a `UserError` for other names.
 */
export function tensorOf(network: Network, layer: string): string {
  const { classifier, layers, resolved } = network;
  const found = layers.find(({ label }) => label === layer);
  if (found) return found.tensor;
  const output = resolved.nodes.find(({ name }) => name === layer)?.outputs[0];
  const tensor = resolved.grids.has(layer) || output === undefined ? layer : output;
  if (!resolved.grids.has(tensor) || resolved.constants.has(tensor)) {
    throw unknownLayer(layer, layers.map(({ label }) => label)); // prettier-ignore
  }
  return classifier !== null && tensor === classifier.probabilities ? classifier.logits : tensor;
}

/** The strongest activation of every feature map. */
export interface LayerMaxima {
  readonly maxima: Float32Array;
  /** Row-major position of each maximum, the first on ties. */
  readonly positions: Int32Array;
  /** Maps without a positive activation. */
  readonly inactive: number;
  /** Whether some activation is not a number. */
  readonly broken: boolean;
}

/** Finds the strongest unit of every map of a tensor that the recording holds. */
export function layerMaxima(recording: Recording, layer: Pick<Layer, 'tensor'>): LayerMaxima {
  const grid = recording.network.resolved.grids.get(layer.tensor)!;
  const values = recording.features.get(layer.tensor)!;
  const size = grid.height * grid.width;
  const maxima = new Float32Array(grid.maps);
  const positions = new Int32Array(grid.maps);
  let inactive = 0;
  for (let map = 0; map < grid.maps; map++) {
    const best = argMax(values, map * size, size);
    maxima[map] = values[map * size + best]!;
    positions[map] = best;
    if (!(maxima[map]! > 0)) inactive++;
  }
  return { maxima, positions, inactive, broken: holdsNaN(values) };
}

function holdsNaN(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) return true;
  return false;
}
