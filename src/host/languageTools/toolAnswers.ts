import { displayTile, heatMap } from '../../core/imaging/display';
import type { Picture } from '../../core/imaging/preprocessing';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import { valueOf } from '../../protocol/failure';
import type { LayerSummary, ProjectedUnit, Subject } from '../../protocol/model';

/** What a tool says: facts that become JSON, and pictures beside them. */
export interface ToolAnswer {
  readonly facts: unknown;
  readonly pictures: readonly Picture[];
}

export interface ToolContext {
  readonly peer: Peer<EngineContract>;
  readonly signal: AbortSignal;
}

export interface UnitInput extends Subject {
  readonly layer: string;
  readonly map: number;
  /** The map's strongest one where left out. */
  readonly position?: readonly [y: number, x: number];
}

export async function listLayers(
  { model }: Pick<Subject, 'model'>,
  { peer, signal }: ToolContext,
): Promise<ToolAnswer> {
  const summary = valueOf(await peer.call('openModel', { model }, { signal }));
  const { name, inputShape, preprocessing, preprocessingOrigin, layers, warnings } = summary;
  const facts = {
    model: name,
    inputShape,
    preprocessing,
    preprocessingOrigin,
    layers: layers.map(describeLayer),
    warnings,
  };
  return { facts, pictures: [] };
}

/** One unit projected to pixels: what in the image its activation came from. */
export async function projectUnit(input: UnitInput, context: ToolContext): Promise<ToolAnswer> {
  const unit = await project(input, context);
  return { facts: describeUnit(unit), pictures: picturesOf(unit) };
}

/**
 * What a feature map makes of the image: its activation against the other maps of its layer, where it is strong, and what its
 * strongest unit came from; with a position, the unit there beside it.
 */
export async function describeMap(
  { position, ...input }: UnitInput,
  context: ToolContext,
): Promise<ToolAnswer> {
  const { peer, signal } = context;
  const { model, image, layer, map } = input;
  const recording = valueOf(await peer.call('record', { model, image }, { signal }));
  const featureMap = valueOf(await peer.call('featureMap', { model, image, layer, map }, { signal }));
  const strongest = await project(input, context);
  const asked = position && (await project({ ...input, position }, context));
  const maxima = recording.layers.find(({ label }) => label === layer)?.maxima;
  const { values, height, width } = featureMap;
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const pictures = [
    ...named('projection of the strongest unit to pixels, zero is mid-grey', picturesOf(strongest)),
    ...named('projection of the unit at the position', asked ? picturesOf(asked) : []),
    ...named('feature map, from blue (0) to yellow', [heatMap(values, { height, width }, { low: 0, high })]),
  ];
  const facts = {
    strongest: describeUnit(strongest),
    ...(asked && { atPosition: describeUnit(asked) }),
    rankInLayer: maxima && 1 + maxima.filter((value) => value > maxima[map]!).length,
    mapsOfLayer: maxima?.length,
    mapSize: [height, width],
    meanActivation: values.reduce((sum, value) => sum + value, 0) / values.length,
    shareOfPositionsActive: values.filter((value) => value > 0).length / values.length,
    classes: recording.top.map(({ label, probability }) => ({ label, probability })),
    pictures: pictures.map(({ name }) => name),
  };
  return { facts, pictures: pictures.map(({ picture }) => picture) };
}

/** An inactive unit has no picture, so names and pictures go together. */
function named(
  name: string,
  pictures: readonly Picture[],
): { readonly name: string; readonly picture: Picture }[] {
  return pictures.map((picture) => ({ name, picture }));
}

async function project(input: UnitInput, { peer, signal }: ToolContext): Promise<ProjectedUnit> {
  const { model, image, layer, map, position } = input;
  let projected: ProjectedUnit | undefined;
  const outcome = await peer.call(
    'project',
    { model, image, layer, units: [{ map, ...(position && { position }) }], method: 'deconvnet' },
    { signal, onProgress: (unit) => (projected = unit) },
  );
  valueOf(outcome);
  if (!projected) throw new Error('A projection ended without its unit.');
  return projected;
}

function describeUnit({ layer, map, position, activation, status, receptiveField }: ProjectedUnit) {
  return { layer, map, position, activation, status, receptiveField };
}

function picturesOf({ tile }: ProjectedUnit): Picture[] {
  return tile ? [displayTile(tile, tile.quantile)] : [];
}

function describeLayer({ label, op, shape, receptiveField, parameters, faithfulness }: LayerSummary) {
  const { status, nodes } = faithfulness.deconvnet;
  return { label, op, shape, receptiveField, parameters, projection: status, because: nodes };
}
