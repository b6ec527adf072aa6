import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readNpy } from '../../src/core/formats/npy';
import { floatTensor, toFloat32, type FloatTensor } from '../../src/core/tensor/tensor';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService, type Service } from '../../src/engine/service';

const sharedFolder = path.resolve(import.meta.dirname, '../../../shared');

/** Whether the trained models and golden arrays are there, which the project does not ship. */
export const hasShared = existsSync(path.join(sharedFolder, 'models'));

if (!hasShared) console.warn(`skipped: tests that need ${sharedFolder}, which is absent`);

export function shared(name: string): string {
  return path.join(sharedFolder, name);
}

export function floatArray(file: string): FloatTensor {
  const tensor = readNpy(readFileSync(file), file);
  return floatTensor(tensor.dims, toFloat32(tensor));
}

export function newService(): Service {
  return createService(onnxRuntime({ threads: 0 }));
}

/** Calls a handler as the pump would. */
export const context = <P>(
  progress: (value: P) => void = () => undefined,
): { signal: AbortSignal; progress: (value: P) => Promise<void> } => ({
  signal: new AbortController().signal,
  progress: async (value) => progress(value),
});
