import { createRequire } from 'node:module';
import type * as TfCore from '@tensorflow/tfjs-core';

export type Tf = typeof TfCore;

/** Gives what a package exports, or throws where it is not there or cannot be loaded. */
type Load = (name: string) => unknown;

/** Loads packages when TensorFlow.js is chosen, and only then. */
const installed: Load = createRequire(import.meta.url);

/** What may compute for TensorFlow.js, the fastest first: its binding to libtensorflow is there where someone installed it. */
const backends = [
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node'] },
  { name: 'wasm', packages: ['@tensorflow/tfjs-backend-wasm'] },
  { name: 'cpu', packages: ['@tensorflow/tfjs-backend-cpu'] },
] as const;

export type TfBackend = (typeof backends)[number]['name'];

/** TensorFlow.js with the first of its backends that works here; `wanted` leaves the faster ones out. */
export async function openTensorflow(
  wanted?: TfBackend,
  load: Load = installed,
): Promise<{ tf: Tf; backend: TfBackend }> {
  const tf = load('@tensorflow/tfjs-core') as Tf;
  // It would advertise another package on standard error.
  tf.env().set('PROD', true);
  const first = Math.max(0, backends.findIndex(({ name }) => name === wanted)); // prettier-ignore
  for (const { name, packages } of backends.slice(first)) {
    if (packages.every((each) => isLoaded(each, load)) && (await tf.setBackend(name)))
      return { tf, backend: name };
  }
  throw new Error('TensorFlow.js has no backend here');
}

function isLoaded(name: string, load: Load): boolean {
  try {
    load(name);
    return true;
  } catch {
    return false;
  }
}
