import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Every folder and the folders it may import from, beside itself. */
const mayImport: Record<string, readonly string[]> = {
  'src/core': [],
  'src/protocol': ['src/core'],
  // What starts engine processes: all that the host sees of the engine, and what scans start more of them by.
  'src/engine/client.ts': ['src/engine', 'src/core', 'src/protocol'],
  // The only part of the engine process that knows there is a queue.
  'src/engine/main.ts': [
    'src/engine',
    'src/engine/client.ts',
    'src/engine/queue',
    'src/core',
    'src/protocol',
  ],
  'src/engine/queue': ['src/engine', 'src/core', 'src/protocol'],
  'src/engine': ['src/engine/client.ts', 'src/core', 'src/protocol'],
  'src/cli': ['src/core', 'src/protocol', 'src/engine', 'src/engine/client.ts', 'src/engine/queue'],
  'src/download': ['src/core'],
  'src/host': ['src/core', 'src/protocol', 'src/download'],
  'src/extension.ts': ['src/host', 'src/engine/client.ts', 'src/core', 'src/protocol'],
  webview: ['src/core', 'src/protocol'],
};

/** Packages that only these folders may load. */
const packageOwners: Record<string, readonly string[]> = {
  vscode: ['src/host', 'src/extension.ts'],
  'onnxruntime-node': ['src/engine'],
  sharp: ['src/engine'],
  bullmq: ['src/engine/queue'],
  ioredis: ['src/engine/queue'],
};

/** Folders whose code also runs in a browser, where Node's modules do not exist. */
const withoutNode = ['src/core', 'src/protocol', 'webview'];

const environmentGlobals = [
  'window',
  'document',
  'navigator',
  'localStorage',
  'process',
  'Buffer',
  'require',
];

interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly name: string;
  readonly folder: string;
  /** Repository-relative names of imported files. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

function sourceNames(folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

/** A file that does not exist keeps its bare name: the type check reports it. */
function resolveImport(from: string, specifier: string): string {
  const target = path.posix.join(path.posix.dirname(from), specifier);
  const candidates = [`${target}.ts`, `${target}/index.ts`];
  return candidates.find((name) => existsSync(path.join(root, name))) ?? target;
}

function readSource(name: string): SourceFile {
  const text = readFileSync(path.join(root, name), 'utf8');
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  const isFile = (specifier: string) => specifier.startsWith('.');
  return {
    name,
    folder: folderOf(name),
    files: specifiers.filter(isFile).map((specifier) => resolveImport(name, specifier)),
    packages: specifiers.filter((specifier) => !isFile(specifier)),
  };
}

function folderOf(name: string): string {
  const folder = Object.keys(mayImport).find((owner) => name === owner || name.startsWith(`${owner}/`));
  return folder ?? path.posix.dirname(name);
}

const sources = [...sourceNames('src'), ...sourceNames('webview')].map(readSource);

/** The first cycle found by a depth-first walk, as the names along it. */
function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const byName = new Map(files.map((file) => [file.name, file]));
  const finished = new Set<string>();
  const walk = (name: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(name);
    if (start >= 0) return [...trail.slice(start), name];
    if (finished.has(name)) return undefined;
    for (const next of byName.get(name)?.files ?? []) {
      const cycle = walk(next, [...trail, name]);
      if (cycle) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  for (const file of files) {
    const cycle = walk(file.name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('layers', () => {
  test('every source file belongs to a layer', () => {
    expect(sources.filter((file) => !(file.folder in mayImport)).map((file) => file.name)).toEqual([]);
  });

  test.each(Object.entries(mayImport))('%s imports only from itself and %j', (folder, allowed) => {
    const wrong = sources
      .filter((file) => file.folder === folder)
      .flatMap((file) => file.files.map((imported) => ({ from: file.name, imported })))
      .filter(({ imported }) => ![folder, ...allowed].includes(folderOf(imported)));
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(packageOwners))('the package %s is imported only by %j', (name, owners) => {
    const users = sources.filter((file) => file.packages.includes(name)).map((file) => file.folder);
    expect(users.filter((folder) => !owners.includes(folder))).toEqual([]);
  });

  test.each(withoutNode)('%s imports no module of Node', (folder) => {
    const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
    const wrong = sources.filter((file) => file.folder === folder && file.packages.some(isNode));
    expect(wrong.map((file) => file.name)).toEqual([]);
  });

  test('src/core is compiled without the globals of Node and of the browser', () => {
    const declared = ts.preProcessFile(readFileSync(path.join(root, 'src/core/globals.d.ts'), 'utf8'));
    expect(declared.typeReferenceDirectives).toEqual([]);
    const { config } = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), (file) =>
      readFileSync(file, 'utf8'),
    ) as { config: { compilerOptions: { lib: string[]; types: string[] } } };
    expect(config.compilerOptions).toMatchObject({ lib: ['ES2022'], types: [] });
    for (const folder of ['core', 'protocol']) {
      const own = readFileSync(path.join(root, `src/${folder}/tsconfig.json`), 'utf8');
      expect(own).not.toMatch(/"(lib|types)"/);
    }
    const reaching = sources
      .filter((file) => file.folder === 'src/core')
      .filter((file) =>
        new RegExp(`\\bglobalThis\\.(${environmentGlobals.join('|')})\\b`).test(
          readFileSync(path.join(root, file.name), 'utf8'),
        ),
      );
    expect(reaching.map((file) => file.name)).toEqual([]);
  });

  test('only src/download and src/engine/queue reach for the network', () => {
    const reaches =
      /\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\b|['"](node:)?(https?|http2|net|tls|dgram|dns)['"]/;
    const reaching = sources.filter(({ name }) => reaches.test(readFileSync(path.join(root, name), 'utf8')));
    expect(new Set(reaching.map(({ folder }) => folder))).toEqual(
      new Set(['src/download', 'src/engine/queue']),
    );
  });

  test('no file imports itself through others', () => {
    expect(findCycle(sources)).toBeUndefined();
  });

  test('a cycle is found when there is one', () => {
    const file = (name: string, ...files: string[]): SourceFile => ({
      name,
      folder: '',
      files,
      packages: [],
    });
    expect(findCycle([file('a', 'b'), file('b', 'c'), file('c', 'b')])).toEqual(['b', 'c', 'b']);
  });
});

describe('repository', () => {
  test('the lockfile names no registry', () => {
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http');
  });

  test('the lockfile holds the optional packages of every platform', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${folder}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test('no tracked text names a folder of one machine', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter((name) => /\.(ts|mjs|js|json|md|css|html|yml|sh|py|txt)$|^\.ci\//.test(name))
      .filter((name) => existsSync(path.join(root, name)));
    const absolute = /(?<![\w.])\/(home|Users|root|work)\/[\w.-]+|[A-Z]:\\Users\\/;
    const wrong = tracked.filter((name) => absolute.test(readFileSync(path.join(root, name), 'utf8')));
    expect(wrong.filter((name) => name !== 'test/unit/architecture.test.ts')).toEqual([]);
  });
});
