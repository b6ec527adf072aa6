import type { Runtime } from '../../src/core/runtime';
import { tfjsRuntime } from '../../src/engine/runtimes/tfjs/tfjsRuntime';
import { onnxRuntime, onnxWebRuntime } from '../../src/engine/runtimes/onnxRuntime';

/** The runtimes that are on every machine with a native build; the tests of runtimes run on each. */
export const runtimes: readonly (readonly [name: string, open: () => Runtime | Promise<Runtime>])[] = [
  ['onnxruntime-node', () => onnxRuntime({ threads: 1 })],
  ['onnxruntime-node, switches in double', () => onnxRuntime({ threads: 1, switches: 'cpu' })],
  ['onnxruntime-web', () => onnxWebRuntime({ threads: 1 })],
  ['TensorFlow.js (wasm)', () => tfjsRuntime('wasm')],
];
