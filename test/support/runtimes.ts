import type { Runtime } from '../../src/core/runtime';
import { onnxRuntime, onnxWebRuntime } from '../../src/engine/runtimes/onnxRuntime';

/** Every runtime that is on this machine for certain; the tests of runtimes run on each. */
export const runtimes: readonly (readonly [name: string, open: () => Runtime | Promise<Runtime>])[] = [
  ['onnxruntime-node', () => onnxRuntime({ threads: 1 })],
  ['onnxruntime-web', () => onnxWebRuntime({ threads: 1 })],
];
