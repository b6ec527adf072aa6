import { expect } from 'vitest';
import type { Recording } from '../../src/core/deconvnet/record';
import { intsAttribute } from '../../src/core/graph/attributes';
import type { GraphNode } from '../../src/core/graph/graph';
import { toFloat32 } from '../../src/core/tensor/tensor';

type Place = readonly [y: number, x: number];

/** A switch of a max pool over a first layer, on which two right float32 forward passes need not agree. */
export interface RoundedSwitch {
  readonly model: string;
  /** The MaxPool node, behind the Relu of a Conv on the image. */
  readonly pool: string;
  readonly map: number;
  /** The pool's output. */
  readonly unit: Place;
  /** Where its maximum is in exact arithmetic, and where the golden array's forward pass saw it. */
  readonly exact: Place;
  readonly golden: Place;
}

/**
 * In SqueezeNet every value of this window is negative before the Relu, that at (27, 59) by -1.3e-6, so that after it
 * all are zero and the first one wins. The golden array's float32 forward pass rounded that sum of terms of up to 45
 * to +2.4e-7, which won there.
 */
const roundedSwitches: readonly RoundedSwitch[] = [
  { model: 'squeezenet1.1', pool: 'pool1', map: 50, unit: [13, 29], exact: [26, 58], golden: [27, 59] },
];

/** The recording with those switches set as the golden arrays have them, each proved to be decided by rounding. */
export function withGoldenSwitches(recording: Recording, model: string): Recording {
  const switches = new Map(recording.switches);
  for (const rounded of roundedSwitches.filter((known) => known.model === model)) {
    proveRounded(recording, rounded);
    const { shapes } = recording.network.resolved;
    const pool = poolNamed(recording, rounded.pool);
    const [, , height, width] = shapes.get(pool.inputs[0]!)! as [number, number, number, number];
    const [, , tall, wide] = shapes.get(pool.outputs[0]!)! as [number, number, number, number];
    const index = ([y, x]: Place) => (rounded.map * height + y) * width + x;
    const unit = (rounded.map * tall + rounded.unit[0]) * wide + rounded.unit[1];
    const places = Int32Array.from(switches.get(pool.name)!);
    expect(places[unit]).toBe(index(rounded.exact));
    places[unit] = index(rounded.golden);
    switches.set(pool.name, places);
  }
  return { ...recording, switches };
}

/** No value of the window is positive in exact arithmetic, and the golden one is smaller than its terms' rounding. */
function proveRounded(recording: Recording, { pool: name, map, unit, exact, golden }: RoundedSwitch): void {
  const pool = poolNamed(recording, name);
  const relu = recording.network.producers.get(pool.inputs[0]!)!;
  const conv = recording.network.producers.get(relu.inputs[0]!)!;
  expect([relu.op, conv.op, conv.inputs[0]]).toEqual(['Relu', 'Conv', recording.network.input.name]);
  const [kernel, strides] = [intsAttribute(pool, 'kernel_shape')!, intsAttribute(pool, 'strides')!];
  const [top, left] = [unit[0] * strides[0]!, unit[1] * strides[1]!];
  // The pool has no padding, so that its first position wins where all are equal.
  expect((intsAttribute(pool, 'pads') ?? []).slice(0, 2).every((pad) => pad === 0)).toBe(true);
  expect(exact).toEqual([top, left]);
  for (let i = 0; i < kernel[0]! * kernel[1]!; i++) {
    const place = [top + Math.floor(i / kernel[1]!), left + (i % kernel[1]!)] as const;
    expect(exactSum(recording, conv, map, place).sum, `(${place.join()})`).toBeLessThanOrEqual(0);
  }
  const { sum, rounding } = exactSum(recording, conv, map, golden);
  expect(Math.abs(sum)).toBeLessThan(rounding);
}

function poolNamed(recording: Recording, name: string): GraphNode {
  const pool = recording.network.resolved.nodes.find((node) => node.op === 'MaxPool' && node.name === name);
  if (!pool) throw new Error(`No MaxPool "${name}"`);
  return pool;
}

/** One output of a convolution on the image in float64, and half a unit in the last place of its terms together. */
function exactSum({ network, input }: Recording, conv: GraphNode, map: number, [y, x]: Place) {
  const { constants } = network.resolved;
  const [weights, bias] = [constants.get(conv.inputs[1]!)!, constants.get(conv.inputs[2]!)!].map(toFloat32);
  const [, channels, kernelY, kernelX] = constants.get(conv.inputs[1]!)!.dims as [
    number,
    number,
    number,
    number,
  ];
  const [, , height, width] = input.dims as [number, number, number, number];
  const [strideY, strideX] = intsAttribute(conv, 'strides') as [number, number];
  const [padY, padX] = (intsAttribute(conv, 'pads') ?? [0, 0]) as [number, number];
  let sum = bias![map]!;
  let size = Math.abs(sum);
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernelY; ky++) {
      for (let kx = 0; kx < kernelX; kx++) {
        const [row, column] = [y * strideY - padY + ky, x * strideX - padX + kx];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const weight = weights![((map * channels + c) * kernelY + ky) * kernelX + kx]!;
        const term = weight * input.data[(c * height + row) * width + column]!;
        sum += term;
        size += Math.abs(term);
      }
    }
  }
  return { sum, rounding: size * 2 ** -24 };
}
