import type * as TfCore from '@tensorflow/tfjs-core';
import type * as TfCpu from '@tensorflow/tfjs-backend-cpu';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { openTensorflow } from '../../src/engine/runtimes/tfjs/backend';
import { poolMaxima } from '../../src/engine/runtimes/tfjs/poolMaxima';

const binding = '@tensorflow/tfjs-node';
const wasm = '@tensorflow/tfjs-backend-wasm';
const cpu = '@tensorflow/tfjs-backend-cpu';
const installed = createRequire(import.meta.url);
const tf = installed('@tensorflow/tfjs-core') as typeof TfCore;

/** Some packages are not there, or are and throw, as the binding does where its native library is missing. */
const without =
  (...missing: string[]) =>
  (name: string): unknown => {
    if (missing.includes(name)) throw new Error(`The Node.js native addon module can not be found: ${name}`);
    return installed(name);
  };

/** What the binding does when it is loaded, with the plain backend in the place of libtensorflow. */
function withBinding(name: string): unknown {
  if (name !== binding) return installed(name);
  const { MathBackendCPU } = installed(cpu) as typeof TfCpu;
  tf.registerBackend('tensorflow', () => new MathBackendCPU(), 3);
  tf.copyRegisteredKernels('cpu', 'tensorflow');
  return {};
}

describe('TensorFlow.js computes', () => {
  it.each([
    ['in libtensorflow where the binding is installed', 'tensorflow', withBinding],
    ['in WebAssembly where the binding cannot be loaded', 'wasm', without(binding)],
    ['in JavaScript where there is neither', 'cpu', without(binding, wasm)],
  ] as const)('%s', async (_, expected, load) => {
    const { tf: opened, backend } = await openTensorflow(undefined, load);
    expect([backend, opened.getBackend()]).toEqual([expected, expected]);
    expect(Array.from(opened.relu(opened.tensor1d([-1, 2])).dataSync())).toEqual([0, 2]);
  });

  it('nowhere without any of them', async () => {
    await expect(openTensorflow(undefined, without(binding, wasm, cpu))).rejects.toThrow('no backend');
  });
});

describe('switches do not come from maxPoolWithArgmax', () => {
  const pool = async (values: readonly number[]) => {
    const opened = await openTensorflow('wasm');
    const x = opened.tf.tensor4d([...values], [1, 2, 2, 1]);
    const { result, indexes } = opened.tf.maxPoolWithArgmax(x, 2, 2, 'valid');
    return { maximum: result!.dataSync()[0]!, at: indexes!.dataSync()[0]! };
  };
  const axis = { kernel: 2, stride: 2, dilation: 1, padBefore: 0, padAfter: 0, input: 2, output: 1 };
  const own = (values: readonly number[]) => {
    const { maxima, switches } = poolMaxima(Float32Array.from(values), [1, 2, 2, 1], { y: axis, x: axis });
    return { maximum: maxima[0]!, at: switches[0]! };
  };

  it('which in WebAssembly takes the last of equal values', async () => {
    expect((await pool([1, 1, 1, 1])).at).toBe(3);
    expect(own([1, 1, 1, 1])).toEqual({ maximum: 1, at: 0 });
  });

  it('which in WebAssembly finds no maximum among negative values', async () => {
    expect((await pool([-4, -3, -2, -1])).maximum).toBeGreaterThan(0);
    expect(own([-4, -3, -2, -1])).toEqual({ maximum: -1, at: 3 });
  });
});
