import eslint from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const runtimes = ['onnxruntime-node', 'onnxruntime-common', 'sharp'];

/** Who may import whom; test/unit/architecture.test.ts checks the same on the whole import graph. */
const layers = {
  core: {
    forbidden: ['vscode', ...runtimes],
    nodeModules: false,
    folders: ['protocol', 'engine', 'host', 'cli', 'webview'],
    why: 'src/core is pure: it runs in the host, the engine, the browser and the command line. Take what you need as an argument.',
  },
  protocol: {
    forbidden: ['vscode', ...runtimes],
    nodeModules: false,
    folders: ['engine', 'host', 'cli', 'webview'],
    why: 'src/protocol only knows src/core, so that both ends of a channel can import it.',
  },
  engine: {
    forbidden: ['vscode'],
    nodeModules: true,
    folders: ['host', 'cli', 'webview'],
    why: 'src/engine is its own process: it talks to the host through src/protocol and never sees vscode.',
  },
  cli: {
    forbidden: ['vscode'],
    nodeModules: true,
    folders: ['host', 'webview'],
    why: 'src/cli runs without VS Code.',
  },
  download: {
    forbidden: ['vscode', ...runtimes],
    nodeModules: true,
    folders: ['protocol', 'engine', 'host', 'cli', 'webview'],
    why: 'src/download knows addresses, bytes and files: it runs and is tested without VS Code.',
  },
  host: {
    forbidden: runtimes,
    nodeModules: true,
    folders: ['engine', 'cli', 'webview'],
    why: 'Nothing heavy runs in the extension host: ask the engine process through src/protocol.',
  },
  webview: {
    forbidden: ['vscode', ...runtimes],
    nodeModules: false,
    folders: ['engine', 'host', 'cli'],
    why: 'A webview runs in the browser: it may import pure helpers of src/core, and src/protocol.',
  },
};

function restrictedImports({ forbidden, nodeModules, folders, why }) {
  const patterns = [
    { group: ['**/extension'], message: 'src/extension.ts only composes; nobody imports it.' },
    { regex: `^(\\.\\./)+((src/)?(${folders.join('|')}))/`, message: why },
  ];
  if (!nodeModules) patterns.push({ group: ['node:*'], message: why });
  return ['error', { paths: forbidden.map((name) => ({ name, message: why })), patterns }];
}

const layerConfigs = Object.entries(layers).map(([name, layer]) => ({
  files: [name === 'webview' ? 'webview/**/*.ts' : `src/${name}/**/*.ts`],
  rules: { 'no-restricted-imports': restrictedImports(layer) },
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'coverage/', '.vscode-test/', 'test/fixtures/', 'test/golden/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name: a default export has no name to search for.',
        },
      ],
    },
  },
  ...layerConfigs,
  {
    files: [
      'src/core/**/*.ts',
      'src/protocol/**/*.ts',
      'src/download/**/*.ts',
      'src/host/**/*.ts',
      'src/extension.ts',
    ],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
    languageOptions: { parserOptions: { projectService: false } },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: globals.node } },
);
