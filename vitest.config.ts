import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The samples import TensorFlow.js as its users do. */
const tensorflow = new URL('test/support/tensorflow.ts', import.meta.url);

export default defineConfig({
  resolve: { alias: [{ find: /^@tensorflow\/tfjs$/, replacement: fileURLToPath(tensorflow) }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**'],
    environment: 'node',
    // onnxruntime-node is a native module that worker threads cannot load more than once.
    pool: 'forks',
    // A busy machine takes its time for the largest models.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A panel on a busy machine draws late.
    expect: { poll: { timeout: 10_000 } },
  },
});
