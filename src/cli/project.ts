import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { placeInInput } from '../core/deconvnet/project';
import { layerMaxima, tensorOf } from '../core/deconvnet/record';
import { openRouteTo } from '../core/deconvnet/route';
import { notWritable, wrongInputArray } from '../core/errors';
import { readNpy, writeNpy } from '../core/formats/npy';
import { projectionPicture } from '../core/imaging/display';
import { counted } from '../core/report/numbers';
import { floatTensor, sizeOf, toFloat32, type FloatTensor } from '../core/tensor/tensor';
import { readRegularFile } from '../engine/modelFiles';
import type { OpenModel } from '../engine/openModel';
import { encodePng } from '../engine/encodePicture';
import { projectUnits } from '../engine/projectUnits';
import { recordInput, type Recorded } from '../engine/recorded';
import type { MethodName, ProjectedUnit, UnitRequest } from '../protocol/model';
import { modelPath } from './options';
import type { Printed, Session } from './command';

export interface ProjectOptions {
  readonly model?: string;
  readonly image?: string;
  readonly input?: string;
  readonly layer: string;
  readonly map?: readonly number[];
  readonly top?: number;
  readonly at?: readonly [y: number, x: number];
  readonly method: MethodName;
  readonly out: string;
  readonly raw?: boolean;
}

/** The CLI has no way to cancel but its own end. */
const { signal } = new AbortController();

/** Projects units of one layer into a folder: `result.json`, PNG tiles and, if asked, `projections.npy`. */
export async function projectToFiles(
  options: ProjectOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const folder = path.resolve(options.out);
  // What cannot be projected is refused before the network runs.
  await service.models.use(model, async ({ network }) =>
    openRouteTo(network, tensorOf(network, options.layer), options.method),
  );
  const recorded = await recordOne(options, model, service);
  const { network } = recorded.model;
  const tensor = tensorOf(network, options.layer);
  const units = requestedUnits(recorded, tensor, options);
  const [, , height, width] = network.input.dims;
  const inputSize = sizeOf(network.input.dims);
  const raw = options.raw ? new Float32Array(units.length * inputSize) : undefined;

  const results = [];
  const request = { layer: options.layer, units, method: options.method };
  for await (const { projection, unit } of projectUnits(recorded, request, signal)) {
    const image = await writeTile(folder, unit, { height, width });
    if (raw) placeInInput(projection, network.input.dims, raw.subarray(unit.index * inputSize));
    const { map, position, activation, status, receptiveField } = unit;
    results.push({ map, position, activation, status, receptiveField, image });
    progress(`${results.length} of ${counted(units.length, 'unit')}`);
  }
  const layer = network.layers.find((known) => known.tensor === tensor)?.label ?? options.layer;
  const result = { model, layer, tensor, units: results };
  await writeInto(path.join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  if (raw) {
    const [, ...dims] = network.input.dims;
    const array = floatTensor([units.length, ...dims], raw);
    await writeInto(path.join(folder, 'projections.npy'), writeNpy(array));
  }
  return {
    json: result,
    text: `${path.join(folder, 'result.json')}\n`,
    warnings: [...recorded.model.summary.warnings, ...recorded.warnings],
  };
}

async function recordOne(
  { image, input, layer }: ProjectOptions,
  model: string,
  service: Session['service'],
): Promise<Recorded> {
  if (image !== undefined)
    return service.recordings.of({ model, image: path.resolve(image), layer }, { signal });
  return service.models.use(model, async (open) => {
    const array = await readInput(path.resolve(input!), open);
    const tensor = tensorOf(open.network, layer);
    return recordInput(open, await open.recorder(open.recorded.has(tensor) ? undefined : tensor), array);
  });
}

/** A network input from a file: exactly its dimensions, with or without the batch axis. */
async function readInput(file: string, { network, summary }: OpenModel): Promise<FloatTensor> {
  const tensor = readNpy(await readRegularFile(file), path.basename(file));
  const { dims } = network.input;
  const [first, ...rest] = tensor.dims;
  const found = tensor.dims.length === 4 && first === 1 ? rest : tensor.dims;
  if (found.join() !== dims.slice(1).join())
    throw wrongInputArray(path.basename(file), tensor.dims, dims, summary.name);
  return floatTensor(dims, toFloat32(tensor));
}

function requestedUnits(
  { recording }: Recorded,
  tensor: string,
  { map, top, at }: ProjectOptions,
): UnitRequest[] {
  const maps = map ?? strongestMaps(layerMaxima(recording, { tensor }).maxima, top ?? 1);
  return maps.map((index) => ({ map: index, ...(at && { position: at }) }));
}

/** The maps with the strongest maxima, strongest first; the first of equal ones first. */
export function strongestMaps(maxima: Float32Array, count: number): number[] {
  const order = Array.from(maxima.keys());
  return order.sort((a, b) => maxima[b]! - maxima[a]! || a - b).slice(0, count);
}

/** Writes a unit's tile as the panel shows it, with its whole receptive field; `null` where the unit is inactive. */
async function writeTile(
  folder: string,
  unit: ProjectedUnit,
  input: { readonly height: number; readonly width: number },
): Promise<string | null> {
  const picture = projectionPicture(unit, input);
  if (!picture) return null;
  const { index, map, position } = unit;
  const name = `${String(index).padStart(3, '0')}-map${map}-at${position.join('-')}.png`;
  await writeInto(path.join(folder, name), await encodePng(picture));
  return name;
}

/** Writes a file, with the folders on the way to it, or says in a sentence why not. */
export async function writeInto(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    throw notWritable(file, error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
}
