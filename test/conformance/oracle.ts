import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { PlacedUnit } from './measure';
import type { TransposedProducts } from '../../src/core/deconvnet/products';
import type { Recording } from '../../src/core/deconvnet/record';
import { writeNpy } from '../../src/core/formats/npy';
import { floatTensor } from '../../src/core/tensor/tensor';
import { projectWhole } from '../support/recording';

/** The interpreter of ONNX in PyTorch, which shares no code with `src`. */
export const oracleFolder = path.resolve(import.meta.dirname, '../../test/conformance/oracle');

export const python = '/usr/bin/python3';

export interface OracleOptions {
  readonly oracle: Oracle;
  /** The model that both read. */
  readonly file: string;
  /** For the arrays of the request. */
  readonly folder: string;
  readonly products: TransposedProducts;
  /** Tensors that the file has with their maps last. */
  readonly turned: ReadonlySet<string>;
}

/**
 * The largest difference between projections and those of the interpreter in float64, as part of a picture's largest value. It takes
 * the switches of the recording, once it has found each to be a maximum but for rounding.
 */
export async function differenceToOracle(
  recording: Recording,
  units: readonly PlacedUnit[],
  { oracle, file, folder, products, turned }: OracleOptions,
): Promise<number> {
  const { network, input, switches, features } = recording;
  const save = (name: string, array: Parameters<typeof writeNpy>[0]) =>
    writeFileSync(path.join(folder, `${name}.npy`), writeNpy(array));
  const pools = network.resolved.nodes.filter(({ name }) => switches.has(name));
  const pictures: Float32Array[] = [];
  const described = [];
  for (const { tensor, ...unit } of units) {
    const [projection] = await projectWhole(recording, tensor, [unit], { products });
    const { height, width } = network.resolved.grids.get(tensor)!;
    const element = (unit.map * height + unit.position[0]) * width + unit.position[1];
    const activation = features.get(tensor)![element]!;
    pictures.push(projection!.whole);
    described.push({ tensor, element, activation, seed: unit.seed, mapsLast: turned.has(tensor) });
  }
  save('image', input);
  save('pictures', joined(pictures, input.dims));
  pools.forEach(({ name }, i) => {
    const places = switches.get(name)!;
    save(`switches${i}`, { type: 'int32', dims: [places.length], data: places });
  });
  const named = Object.fromEntries(pools.map(({ outputs: [output] }, i) => [output!, `switches${i}`]));
  writeFileSync(path.join(folder, 'request.json'), JSON.stringify({ model: file, switches: named, units: described })); // prettier-ignore
  return oracle.ask(path.join(folder, 'request.json'));
}

function joined(pictures: readonly Float32Array[], [, ...dims]: readonly number[]) {
  const data = new Float32Array(pictures.reduce((size, { length }) => size + length, 0));
  let start = 0;
  for (const picture of pictures) {
    data.set(picture, start);
    start += picture.length;
  }
  return floatTensor([pictures.length, ...dims], data);
}

/** The interpreter, which runs from the first question on. */
export interface Oracle {
  ask(request: string): Promise<number>;
  close(): void;
}

export function openOracle(): Oracle {
  let running: ReturnType<typeof startInterpreter> | undefined;
  return {
    async ask(request) {
      const { child, lines } = (running ??= startInterpreter());
      child.stdin.write(`${request}\n`);
      const next = await lines.next();
      if (next.done === true) throw new Error('The interpreter ended.');
      const answer = JSON.parse(next.value) as { activation: number; picture: number } | { error: string };
      if ('error' in answer) throw new Error(answer.error);
      return Math.max(answer.activation, answer.picture);
    },
    close: () => running?.child.stdin.end(),
  };
}

function startInterpreter() {
  const child = spawn(python, [path.join(oracleFolder, 'main.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}
