import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**'],
    environment: 'node',
    // onnxruntime-node is a native module that worker threads cannot load more than once.
    pool: 'forks',
    testTimeout: 30_000,
  },
});
