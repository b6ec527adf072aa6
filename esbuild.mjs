// Builds everything that runs: node esbuild.mjs [--watch] [--production]
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build, context } from 'esbuild';

const root = import.meta.dirname;
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Native modules stay outside the bundles: they load their binaries from their own folders. */
const native = ['node-sqlite3-wasm', 'onnxruntime-node', 'onnxruntime-web', 'sharp'];

const common = {
  absWorkingDir: root,
  bundle: true,
  logLevel: 'warning',
  sourcemap: !production,
  minify: production,
  target: 'es2022',
};

const node = { ...common, platform: 'node', target: 'node20' };

/** CommonJS dependencies in an ES module still call `require`. */
const requireForCommonJs =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

const esm = (entry, outfile, { external = native, shebang = false, define = {}, alias = {} } = {}) => ({
  ...node,
  entryPoints: [entry],
  outfile,
  format: 'esm',
  external,
  define,
  alias,
  banner: { js: (shebang ? '#!/usr/bin/env node\n' : '') + requireForCommonJs },
});

const commonJs = (entry, outfile) => ({
  ...node,
  entryPoints: [entry],
  outfile,
  format: 'cjs',
  external: ['vscode'],
});

function webviews() {
  return readdirSync(path.join(root, 'webview'), { withFileTypes: true })
    .filter(
      (folder) => folder.isDirectory() && existsSync(path.join(root, 'webview', folder.name, 'main.ts')),
    )
    .map((folder) => ({
      ...common,
      entryPoints: [`webview/${folder.name}/main.ts`],
      outfile: `dist/webview/${folder.name}.js`,
      platform: 'browser',
      format: 'iife',
    }));
}

const product = () => [
  commonJs('src/extension.ts', 'dist/extension.cjs'),
  // No `external: ['vscode']` below: the bundler itself proves that these parts run without VS Code.
  esm('src/engine/main.ts', 'dist/engine.js'),
  esm('src/cli/main.ts', 'dist/cli.js', { shebang: true }),
  ...webviews(),
];

const tools = () => [
  commonJs('test/vscode/api/index.ts', 'dist/test/api.cjs'),
  esm('test/conformance/main.ts', 'dist/test/conformance.js'),
  esm('test/bench/main.ts', 'dist/test/bench.js'),
  esm('test/bench/occlusion.ts', 'dist/test/benchOcclusion.js'),
  esm('test/bench/scan.ts', 'dist/test/benchScan.js'),
  esm('test/bench/queue.ts', 'dist/test/benchQueue.js'),
  esm('test/bench/scanWhole.ts', 'dist/test/benchScanWhole.js'),
  // Tree-sitter asks for its own place, as CommonJS modules do.
  esm('test/bench/source.ts', 'dist/test/benchSource.js', {
    define: { __filename: 'import.meta.filename' },
    alias: { vscode: './test/bench/vscodeText.ts' },
  }),
  esm('test/bench/correspondence.ts', 'dist/test/correspondence.js'),
  esm('scripts/start.ts', 'dist/scripts/start.js', { external: ['playwright-core'] }),
  esm('scripts/fuzz.ts', 'dist/scripts/fuzz.js'),
  esm('scripts/test.ts', 'dist/scripts/test.js', { external: ['playwright-core'] }),
  esm('test/vscode/electron.ts', 'dist/test/electron.js', { external: ['@vscode/test-electron'] }),
  esm('test/vscode/readmePictures.ts', 'dist/test/readmePictures.js', {
    external: ['playwright-core'],
  }),
];

const bundles = production ? product() : [...product(), ...tools()];

if (watch) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  // esbuild prints the errors itself; every bundle that can be built is.
  const results = await Promise.allSettled(bundles.map((bundle) => build(bundle)));
  if (results.some(({ status }) => status === 'rejected')) process.exitCode = 1;
}
