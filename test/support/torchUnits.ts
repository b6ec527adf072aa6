import { readFileSync } from 'node:fs';
import path from 'node:path';
import { plainProducts } from '../../src/core/deconvnet/products';
import { tensorOf, type Recording } from '../../src/core/deconvnet/record';
import { readNpy } from '../../src/core/formats/npy';
import type { Network } from '../../src/core/network';
import { sizeOf, toFloat32 } from '../../src/core/tensor/tensor';
import { projectWhole, relativeDifference } from './recording';

/** A unit of a network in PyTorch. */
export interface TorchUnit {
  readonly layer: string;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  readonly activation: number;
}

/** What a script of PyTorch left of one network: its input, and units with the picture of each, `[C, H, W]`. */
export interface TorchProjections {
  readonly image: Float32Array;
  readonly units: readonly (TorchUnit & { readonly picture: Float32Array })[];
}

/** Reads `<name>.npy`, the input and then one picture a row, beside the list of units. */
export function readTorchProjections(
  folder: string,
  name: string,
  units: readonly TorchUnit[],
): TorchProjections {
  const rows = readNpy(readFileSync(path.join(folder, `${name}.npy`)), `${name}.npy`);
  const size = sizeOf(rows.dims.slice(1));
  const row = (i: number) => toFloat32(rows).slice(i * size, (i + 1) * size);
  return { image: row(0), units: units.map((unit, i) => ({ ...unit, picture: row(i + 1) })) };
}

/** The tensors that units are in. */
export function tensorsOfUnits(network: Network, { units }: TorchProjections): string[] {
  return [...new Set(units.map(({ layer }) => tensorOf(network, layer)))];
}

/** How far a projection is from PyTorch's: the unit's activation as part of its tensor's largest, and the picture. */
export async function differenceToTorch(
  recording: Recording,
  unit: TorchProjections['units'][number],
  products = plainProducts,
): Promise<{ readonly activation: number; readonly picture: number }> {
  const tensor = tensorOf(recording.network, unit.layer);
  const largest = recording.features.get(tensor)!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  // A score near zero is a difference of large terms, whose rounding it carries: the seed is PyTorch's.
  const seeded = { map: unit.map, position: unit.position, seed: unit.activation };
  const [projection] = await projectWhole(recording, tensor, [seeded], { products });
  return {
    activation: Math.abs(projection!.activation - unit.activation) / largest,
    picture: relativeDifference(projection!.whole, unit.picture),
  };
}
