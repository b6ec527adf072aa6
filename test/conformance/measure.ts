import path from 'node:path';
import { differenceToOracle, type Oracle } from './oracle';
import type { Subject } from './subjects';
import { faithfulness } from '../../src/core/deconvnet/faithfulness';
import { project, type Unit } from '../../src/core/deconvnet/project';
import { layerMaxima, tensorOf, type Recording } from '../../src/core/deconvnet/record';
import { preprocess } from '../../src/core/imaging/preprocess';
import { floatTensor, sizeOf, type FloatTensor } from '../../src/core/tensor/tensor';
import { recognise } from '../../src/core/rewrite/recognise';
import { readImage } from '../../src/engine/images';
import type { OpenModel } from '../../src/engine/openModel';
import { recordInput } from '../../src/engine/recorded';
import type { Service } from '../../src/engine/service';
import { gaussians, seededRandom } from '../support/random';
import { differenceToTorch, type TorchProjections } from '../support/torchUnits';

/** What a model does in the engine. */
export interface Measures {
  /** How many layers can be projected. */
  readonly projected: number;
  /** The largest difference to PyTorch, as part of a picture's largest value; `null` where nothing can be projected. */
  readonly difference: number | null;
  /** Of one projection, the mean over the strongest units of all layers that can be projected. */
  readonly milliseconds: number | null;
  readonly runtime: string;
}

/** A unit with the tensor that it is in. */
export interface PlacedUnit extends Required<Unit> {
  readonly tensor: string;
}

const picture = path.resolve(import.meta.dirname, '../../media/samples/cat.jpg');

/** How many units of a model are compared with PyTorch, from the first layer to the last. */
const COMPARED = 4;

/** Opens a model's file as the engine does, projects a unit of every layer, and compares some with PyTorch. */
export async function measure(
  subject: Subject,
  { service, oracle, folder }: { service: Service; oracle: Oracle; folder: string },
): Promise<Measures> {
  const file = await subject.file(folder);
  const measures = await service.models.use(file, async (model) => {
    const torch = subject.torch?.();
    const image = await imageFor(subject, model, torch);
    const { recording } = await recordInput(model, await model.recorder(), image);
    const units = strongestUnits(recording);
    const { runtime } = model.summary;
    if (units.length === 0) return { projected: 0, milliseconds: null, difference: null, runtime };
    return {
      projected: units.length,
      milliseconds: await millisecondsOf(model, recording, units),
      difference: torch
        ? await differenceToDefinition(model, image, torch)
        : await differenceToOracle(recording, spread(units), {
            oracle,
            file,
            folder,
            products: model.products,
            turned: recognise(subject.graph()).turned,
          }),
      runtime,
    };
  });
  service.models.forget(file);
  return measures;
}

/** A photograph for networks that were trained, noise for others. */
async function imageFor(
  { source }: Subject,
  { network, summary }: OpenModel,
  torch: TorchProjections | undefined,
): Promise<FloatTensor> {
  const { dims } = network.input;
  if (torch) return floatTensor(dims, torch.image);
  if (source !== 'published') return floatTensor(dims, gaussians(seededRandom(5), sizeOf(dims)));
  return preprocess(await readImage(picture, summary.preprocessing), summary.preprocessing);
}

/** The strongest unit of every layer that can be projected; one that is not active is sent down as 1. */
function strongestUnits(recording: Recording): PlacedUnit[] {
  const { layers, resolved } = recording.network;
  return layers
    .filter(({ tensor }) => faithfulness(recording.network, tensor).status !== 'refused')
    .map(({ tensor }) => {
      const { maxima, positions } = layerMaxima(recording, { tensor });
      const map = maxima.indexOf(maxima.reduce((a, b) => Math.max(a, b)));
      const { width } = resolved.grids.get(tensor)!;
      const place = positions[map]!;
      const position = [Math.floor(place / width), place % width] as const;
      return { tensor, map, position, seed: maxima[map]! > 0 ? maxima[map]! : 1 };
    });
}

function spread<T>(all: readonly T[]): T[] {
  const last = Math.min(COMPARED, all.length) - 1;
  return Array.from({ length: last + 1 }, (_, i) => all[Math.round((i * (all.length - 1)) / Math.max(1, last))]!); // prettier-ignore
}

/** The second round's: the first one opens what is opened once for every model. */
async function millisecondsOf(
  { products }: OpenModel,
  recording: Recording,
  units: readonly PlacedUnit[],
): Promise<number> {
  let start = 0;
  for (let round = 0; round < 2; round++) {
    start = performance.now();
    for (const { tensor, ...unit } of units)
      for await (const _ of project(recording, tensor, [unit], { method: 'deconvnet', products }));
  }
  return (performance.now() - start) / units.length;
}

async function differenceToDefinition(
  model: OpenModel,
  image: FloatTensor,
  { units }: TorchProjections,
): Promise<number> {
  let largest = 0;
  for (const unit of units) {
    const tensor = tensorOf(model.network, unit.layer);
    const recorder = await model.recorder(model.recorded.has(tensor) ? undefined : tensor);
    const { recording } = await recordInput(model, recorder, image);
    const { activation, picture: difference } = await differenceToTorch(recording, unit, model.products);
    largest = Math.max(largest, activation, difference);
  }
  return largest;
}
