import { defineConfig, mergeConfig } from 'vitest/config';
import plain from './vitest.config';

/** The tests of the engine on ONNX Runtime's WebAssembly build: what computes where there is no native one. */
export default mergeConfig(
  plain,
  defineConfig({
    test: {
      include: ['test/engine/**/*.test.ts'],
      env: { SWITCHBACK_RUNTIME: 'onnxruntime-web' },
      // It takes several times as long as the native build.
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
