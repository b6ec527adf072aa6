import type { MethodName } from './methods';
import type { TransposedProducts } from './products';
import { boxOf, place, regionsBelow } from './reach';
import type { Recording } from './record';
import { openRouteTo, type Stop } from './route';
import { createTarget, type Signal, type Target } from './signal';
import { invalidUnit, notRecorded } from '../errors';
import { clip, type Box } from '../graph/box';
import type { Grid } from '../ops/grid';
import type { Region } from '../ops/operator';
import { argMax } from '../tensor/argMax';

/** One activation to examine: a feature map at one position. */
export interface Unit {
  readonly map: number;
  /** The map's maximum, the first in row-major order, where left out. */
  readonly position?: readonly [y: number, x: number];
  /** What is sent down; the unit's own activation where left out. */
  readonly seed?: number;
}

/** How to project, and who may stop it: the signal is checked before each batch and each node. */
export interface ProjectOptions {
  readonly method: MethodName;
  readonly products: TransposedProducts;
  readonly signal?: AbortSignal;
}

/** A unit projected to pixels. */
export interface Projection {
  /** Index of the unit in the request. */
  readonly index: number;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  readonly activation: number;
  /** A unit that is not positive has no picture. */
  readonly status: 'ok' | 'inactive';
  /** May lie partly outside the image. */
  readonly receptiveField: Box;
  /** The part of the receptive field inside the image; everything outside is zero. */
  readonly visible: Box;
  /** `[C, visible.height, visible.width]` in the network's input space, signed; zeros for an inactive unit. */
  readonly values: Float32Array;
}

/** Signals of one batch may take this many values at their widest tensor. */
const maximumSignal = 1 << 24;
const maximumBatch = 32;

interface Seeded {
  readonly index: number;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  readonly activation: number;
  readonly seed: number;
  readonly regions: ReadonlyMap<string, Region>;
}

/**
 * Projects units of one tensor to pixels, in the order given, many at a time: "to examine a given activation we set all other
 * activations in the layer to zero and pass the feature maps as input to the attached deconvnet layer"
 * (Zeiler & Fergus 2013, section 2.1). A unit costs its receptive field, not the whole image: at every tensor on the way down only the
 * window that the unit depends on is computed.
 * Throws a `UserError` when a node on the way has no rule or a unit does not exist.
 */
export async function* project(
  recording: Recording,
  tensor: string,
  units: readonly Unit[],
  options: ProjectOptions,
): AsyncGenerator<Projection> {
  const { network } = recording;
  const route = openRouteTo(network, tensor, options.method);
  const seeded = units.map((unit, index) => {
    const found = locate(recording, tensor, unit);
    return { ...found, index, regions: regionsBelow(network, route, tensor, found.position) };
  });
  for (const batch of batches(recording, seeded)) {
    options.signal?.throwIfAborted();
    const active = batch.filter(({ activation, seed }) => activation > 0 || seed > 0);
    const pixels = active.length > 0 ? await descend(recording, tensor, route, active, options) : undefined;
    for (const unit of batch) yield finish(recording, unit, pixels, active.indexOf(unit));
  }
}

/** Finds a unit's place and activation. */
function locate(recording: Recording, tensor: string, unit: Unit): Omit<Seeded, 'index' | 'regions'> {
  const grid = recording.network.resolved.grids.get(tensor)!;
  const values = recording.features.get(tensor);
  if (values === undefined) throw notRecorded(tensor);
  const [y, x] = unit.position ?? [0, 0];
  const inside =
    unit.map >= 0 && unit.map < grid.maps && y >= 0 && y < grid.height && x >= 0 && x < grid.width;
  if (!inside || ![unit.map, y, x].every(Number.isInteger)) throw invalidUnit(tensor, unit.map, [y, x], grid);
  const start = unit.map * grid.height * grid.width;
  const place = unit.position ? y * grid.width + x : argMax(values, start, grid.height * grid.width);
  const activation = values[start + place]!;
  const position = [Math.floor(place / grid.width), place % grid.width] as const;
  return { map: unit.map, position, activation, seed: unit.seed ?? activation };
}

/** Splits units so that no batch's signals outgrow memory. */
function* batches(recording: Recording, units: readonly Seeded[]): Generator<Seeded[]> {
  const { grids } = recording.network.resolved;
  let batch: Seeded[] = [];
  let widest = 0;
  for (const unit of units) {
    const size = Math.max(...[...unit.regions].map(([name, region]) => signalSize(region, grids.get(name)!)));
    const together = Math.max(widest, size) * (batch.length + 1);
    if (batch.length > 0 && (together > maximumSignal || batch.length === maximumBatch)) {
      yield batch;
      batch = [];
      widest = 0;
    }
    batch.push(unit);
    widest = Math.max(widest, size);
  }
  if (batch.length > 0) yield batch;
}

function signalSize(region: Region, grid: Grid): number {
  const box = clip(boxOf(region, grid), grid.height, grid.width);
  return grid.maps * box.height * box.width;
}

/** Takes a batch of seeds down the route; returns the signal at the pixels. */
async function descend(
  recording: Recording,
  tensor: string,
  route: readonly Stop[],
  units: readonly Seeded[],
  options: ProjectOptions,
): Promise<Signal | undefined> {
  const { grids } = recording.network.resolved;
  const targets = new Map<string, Target>();
  const targetOf = (name: string): Target => {
    const known = targets.get(name);
    if (known) return known;
    const regions = units.map((unit) => unit.regions.get(name)!);
    const target = createTarget(place(regions, grids.get(name)!));
    targets.set(name, target);
    return target;
  };
  plant(units, targetOf(tensor).signal());
  for (const { node, site, inputs, rule } of route) {
    options.signal?.throwIfAborted();
    const outputs = node.outputs.map((name) => arrived(targets.get(name)));
    if (outputs.every((signal) => signal === undefined)) continue;
    await rule!.down({
      site,
      outputs,
      inputs: node.inputs.map((name, input) => (inputs.includes(input) ? targetOf(name) : undefined)),
      recorded: (name) => recording.features.get(name)!,
      switches: () => recording.switches.get(node.name)!,
      products: options.products,
    });
    for (const output of node.outputs) targets.delete(output);
  }
  return targets.get(recording.network.input.name)?.signal();
}

/** What has come to a tensor; nothing where the windows of all units are empty, as for units that see padding alone. */
function arrived(target: Target | undefined): Signal | undefined {
  const signal = target?.signal();
  return signal === undefined || signal.data.length === 0 ? undefined : signal;
}

/** "Set all other activations in the layer to zero." */
function plant(units: readonly Seeded[], { grid, tops, lefts, height, width, data }: Signal): void {
  units.forEach(({ map, position, seed }, u) => {
    const [y, x] = [position[0] - tops[u]!, position[1] - lefts[u]!];
    data[((u * grid.maps + map) * height + y) * width + x] = seed;
  });
}

function finish(recording: Recording, unit: Seeded, pixels: Signal | undefined, slot: number): Projection {
  const [, channels, height, width] = recording.network.input.dims;
  const region = unit.regions.get(recording.network.input.name) ?? 'all';
  const receptiveField = boxOf(region, { height, width });
  const visible = clip(receptiveField, height, width);
  const values = new Float32Array(channels * visible.height * visible.width);
  if (pixels !== undefined && slot >= 0) {
    const top = visible.top - pixels.tops[slot]!;
    const left = visible.left - pixels.lefts[slot]!;
    for (let row = 0; row < channels * visible.height; row++) {
      const channel = Math.floor(row / visible.height);
      const y = top + row - channel * visible.height;
      const start = ((slot * channels + channel) * pixels.height + y) * pixels.width + left;
      values.set(pixels.data.subarray(start, start + visible.width), row * visible.width);
    }
  }
  const { index, map, position, activation } = unit;
  const status = slot >= 0 ? 'ok' : 'inactive';
  return { index, map, position, activation, status, receptiveField, visible, values };
}

/** Copies a projection `[C, h, w]` to its place in the whole input `[1, C, H, W]`, whose dimensions are `dims`. */
export function placeInInput(
  { values, visible }: Pick<Projection, 'values' | 'visible'>,
  dims: readonly number[],
  whole: Float32Array,
): void {
  const [, channels = 0, height = 0, width = 0] = dims;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < visible.height; y++) {
      const row = (c * visible.height + y) * visible.width;
      const target = (c * height + visible.top + y) * width + visible.left;
      whole.set(values.subarray(row, row + visible.width), target);
    }
  }
}
