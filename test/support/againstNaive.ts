import { expect } from 'vitest';
import { faithfulness } from '../../src/core/deconvnet/faithfulness';
import type { MethodName } from '../../src/core/deconvnet/methods';
import type { Unit } from '../../src/core/deconvnet/project';
import type { Recording } from '../../src/core/deconvnet/record';
import type { Graph } from '../../src/core/graph/graph';
import { naiveForward, naiveProjection, valuesOf, type NaiveRun, type NaiveUnit } from './naiveNet';
import { seededRandom } from './random';
import { projectWhole, recordGraph, relativeDifference, type RecordOptions } from './recording';

/** Float32 on one side, float64 on the other; a wrong rule or switch shows in the first digit. */
export const precision = 1e-5;

/** How much further apart two implementations may be than `roundingOf` finds. */
const margin = 8;

/** How often `roundingOf` tries. */
const samples = 8;

/**
 * How far a projection moves, at most, when every value and signal of the naive network moves by up to the last bit of float32: where
 * the terms of a derivative nearly cancel, nothing is left but this.
 */
function roundingOf({ recording, naive }: Twins, unit: NaiveUnit, expected: Float64Array): number {
  const random = seededRandom(1);
  const keep = (value: number) => value * (1 + (random() - 0.5) * 2 ** -22);
  let largest = 0;
  for (let sample = 0; sample < samples; sample++) {
    const moved = naiveProjection(naiveForward(naive.graph, recording.input, keep), { ...unit, keep });
    largest = Math.max(largest, largestDifference(moved.data, expected));
  }
  return largest;
}

function largestDifference(actual: ArrayLike<number>, expected: Float64Array): number {
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(actual[i]! - value)), 0);
}

/** One forward pass by the core on ONNX Runtime, and the same by the naive network. */
export interface Twins {
  readonly recording: Recording;
  readonly naive: NaiveRun;
}

/** Runs an image forward both ways and records every tensor. */
export async function recordTwins(graph: Graph, options: RecordOptions = {}): Promise<Twins> {
  const also = graph.nodes.map(({ outputs }) => outputs[0]!);
  const recording = await recordGraph(graph, { ...options, also });
  return { recording, naive: naiveForward(recording.network.resolved.graph, recording.input) };
}

/** Every recorded tensor that depends on the image. */
export function tensorsOf({ recording, naive }: Twins): string[] {
  const { name: image } = recording.network.input;
  return [...recording.features.keys()].filter((name) => name !== image && naive.varying.has(name));
}

export type PlacedUnit = Unit & { readonly position: readonly [y: number, x: number] };

/** The strongest units of some maps and units at corners and borders, silent ones and other seeds among them. */
export function unitsOf(recording: Recording, tensor: string): PlacedUnit[] {
  const { maps, height, width } = recording.network.resolved.grids.get(tensor)!;
  const values = recording.features.get(tensor)!;
  const positions = [
    [0, 0],
    [height - 1, width - 1],
    [0, width - 1],
    [Math.floor(height / 2), Math.floor(width / 3)],
  ] as const;
  const units = positions.map((position, i) => ({ map: i % maps, position, seed: 1 + i / 2 }));
  const own = [0, maps - 1].map((map) => {
    const plane = values.subarray(map * height * width, (map + 1) * height * width);
    const place = plane.indexOf(plane.reduce((a, b) => Math.max(a, b)));
    return { map, position: [Math.floor(place / width), place % width] as const };
  });
  return [...units, ...own];
}

export function expectSameForward({ recording, naive }: Twins): void {
  for (const tensor of tensorsOf({ recording, naive })) {
    const difference = relativeDifference(recording.features.get(tensor)!, valuesOf(naive, tensor).data);
    expect(difference, tensor).toBeLessThan(precision);
  }
  for (const [node, { data }] of naive.switches) {
    expect(Array.from(recording.switches.get(node)!), node).toEqual(Array.from(data));
  }
}

/** Holds pictures of units of one tensor against the naive network's. */
export async function expectSameProjections(
  { recording, naive }: Twins,
  tensor: string,
  method: MethodName,
): Promise<void> {
  const { height, width } = recording.network.resolved.grids.get(tensor)!;
  const units = unitsOf(recording, tensor);
  const projections = await projectWhole(recording, tensor, units, { method });
  units.forEach(({ map, position, seed }, i) => {
    const { whole, activation, status } = projections[i]!;
    const where = `${tensor}, unit ${i}: map ${map} at ${position.join()}`;
    if (status === 'inactive') {
      expect(activation, where).toBeLessThanOrEqual(0);
      expect(whole, where).toEqual(new Float32Array(whole.length));
      return;
    }
    const element = (map * height + position[0]) * width + position[1];
    // An activation near zero is a difference of large terms, whose rounding it carries: `expectSameForward` compares it.
    const unit = { tensor, element, method, seed: seed ?? activation };
    const { data } = naiveProjection(naive, unit);
    if (relativeDifference(whole, data) < precision) return;
    const rounding = roundingOf({ recording, naive }, unit, data);
    expect(largestDifference(whole, data), where).toBeLessThan(margin * rounding);
  });
}

/** Whether the naive network has the same rule: where the gradient is not exact, it has the exact one. */
export function isComparable({ recording }: Twins, tensor: string, method: MethodName): boolean {
  const { status } = faithfulness(recording.network, tensor, method);
  return status !== 'refused' && !(method === 'gradient' && status === 'approximate');
}
