import type { Forward } from './forward';

/** One image of a data set as network input. */
export interface ScanImage {
  /** Its number in the data set. */
  readonly image: number;
  /** `C x H x W`, row-major. */
  readonly input: Float32Array;
}

/** What one run gave for several images. */
export interface Pass {
  readonly images: readonly number[];
  /** By tensor, image by image; there may be more values behind those of the last image. */
  readonly results: ReadonlyMap<string, Float32Array>;
}

/**
 * Runs images through the network, `forward.batch` a pass. A last pass is filled up with blank images: some runtimes
 * compute a single image by another way, and its activations would depend on how images fall into passes. Stops
 * between passes when `signal` aborts.
 */
export async function* runPasses(
  images: AsyncIterable<ScanImage>,
  forward: Forward,
  signal: AbortSignal,
): AsyncGenerator<Pass> {
  let pass: ScanImage[] = [];
  for await (const image of images) {
    signal.throwIfAborted();
    pass.push(image);
    if (pass.length < forward.batch) continue;
    yield await runPass(pass, forward);
    pass = [];
  }
  signal.throwIfAborted();
  if (pass.length > 0) yield await runPass(pass, forward);
}

async function runPass(pass: readonly ScanImage[], forward: Forward): Promise<Pass> {
  const size = pass[0]!.input.length;
  const inputs = new Float32Array(forward.batch * size);
  pass.forEach(({ input }, i) => inputs.set(input, i * size));
  return { images: pass.map(({ image }) => image), results: await forward.run(inputs) };
}
