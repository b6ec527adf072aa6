import { createRequire } from 'node:module';
import type * as TfCore from '@tensorflow/tfjs-core';

export type Tf = typeof TfCore;

/** Loads packages when TensorFlow.js is chosen, and only then. */
const load = createRequire(import.meta.url);

/** What may compute for TensorFlow.js, the fastest first: its binding to libtensorflow is there where someone installed it. */
const backends = [
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node'] },
  { name: 'wasm', packages: ['@tensorflow/tfjs-backend-wasm'] },
  { name: 'cpu', packages: ['@tensorflow/tfjs-backend-cpu'] },
] as const;

export type TfBackend = (typeof backends)[number]['name'];

/** TensorFlow.js with the first of its backends that works here; `wanted` leaves the faster ones out. */
export async function openTensorflow(wanted?: TfBackend): Promise<{ tf: Tf; backend: TfBackend }> {
  const tf = load('@tensorflow/tfjs-core') as Tf;
  // It would advertise another package on standard error.
  tf.env().set('PROD', true);
  const first = Math.max(0, backends.findIndex(({ name }) => name === wanted)); // prettier-ignore
  for (const { name, packages } of backends.slice(first)) {
    if (packages.every(isLoaded) && (await tf.setBackend(name))) return { tf, backend: name };
  }
  throw new Error('TensorFlow.js has no backend here');
}

function isLoaded(name: string): boolean {
  try {
    load(name);
    return true;
  } catch {
    return false;
  }
}
