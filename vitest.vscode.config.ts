import { defineConfig } from 'vitest/config';

/** Suites that drive a real VS Code: one at a time, because each starts a server and a browser. */
export default defineConfig({
  test: {
    include: ['test/vscode/**/*.test.ts'],
    setupFiles: ['test/vscode/support/setup.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    // A window writes its state and closes its menus when it is idle, which a busy machine may put off. What fails
    // twice is broken.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
