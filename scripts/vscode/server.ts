import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cached, npm, unpackPackage } from './cache';
import { startProcessTree } from './processTree';

const execute = promisify(execFile);

/** VS Code 1.96.4; its server is built for Node 20. */
const serverVersion = '4.96.4';
const serverNodeMajor = 20;
const host = '127.0.0.1';
const startTimeout = 60_000;

export interface ServerOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server and of its extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** An extension to install before the start. */
  readonly vsix?: string;
  readonly port?: number;
  readonly workspaceTrust?: 'ask' | 'granted';
}

export interface Server {
  readonly pid: number;
  /** The folder that holds settings, logs and installed extensions. */
  readonly dataFolder: string;
  /** The address that opens a folder, with an extension in development mode and API tests when they are named. */
  address(target: { folder: string; extension?: string; tests?: string }): string;
  /** Adds to the settings or replaces them, also while the server runs. */
  changeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** What the server has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** The folder of the VS Code server, taken from the npm package `code-server` on first use. */
function installServer(): Promise<string> {
  return cached(`vscode-server-${serverVersion}`, async (folder) => {
    await unpackPackage(`code-server@${serverVersion}`, folder);
    const server = path.join(folder, 'package/lib/vscode');
    // The shrinkwrap names a git dependency, which a registry cannot serve.
    await rm(path.join(server, 'npm-shrinkwrap.json'));
    await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], server);
  }).then((folder) => path.join(folder, 'package/lib/vscode'));
}

/** A Node that the server runs on: this one, or the binary inside an npm package. */
async function installNode(): Promise<string> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major === serverNodeMajor || process.platform !== 'linux') return process.execPath;
  const name = `node-linux-${process.arch}`;
  const folder = await cached(`${name}-${serverNodeMajor}`, (unfinished) =>
    unpackPackage(`${name}@${serverNodeMajor}`, unfinished),
  );
  return path.join(folder, 'package/bin/node');
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const [folder, node] = await Promise.all([installServer(), installNode()]);
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'switchback-server-'));
  let settings: Readonly<Record<string, unknown>> = { 'telemetry.telemetryLevel': 'off' };
  const changeSettings = (changes: Readonly<Record<string, unknown>>) => {
    settings = { ...settings, ...changes };
    return writeMachineSettings(dataFolder, settings);
  };
  await changeSettings(options.settings ?? {});
  const main = path.join(folder, 'out/server-main.js');
  const accept = ['--accept-server-license-terms', '--server-data-dir', dataFolder];
  const env = { ...process.env, ...options.env };
  if (options.vsix !== undefined)
    await execute(node, [main, ...accept, '--install-extension', options.vsix], { env });

  const port = options.port ?? (await freePort());
  const trust = options.workspaceTrust === 'ask' ? [] : ['--disable-workspace-trust'];
  const listen = [
    '--host',
    host,
    '--port',
    String(port),
    '--without-connection-token',
    '--telemetry-level',
    'off',
  ];
  const tree = startProcessTree(node, [main, ...accept, ...listen, ...trust], env);
  let log = '';
  const append = (chunk: Buffer) => void (log += chunk.toString());
  tree.child.stdout?.on('data', append);
  tree.child.stderr?.on('data', append);
  const stop = async () => {
    await tree.stop();
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilAnswering(port, () => tree.child.exitCode === null);
  } catch (error) {
    await stop();
    throw new Error(`The VS Code server did not start.\n${log}`, { cause: error });
  }
  return {
    pid: tree.child.pid ?? 0,
    dataFolder,
    address: (target) => workbenchAddress(port, target),
    changeSettings,
    log: () => log,
    stop,
  };
}

/** The user's own settings live in the browser; the machine's are a file that the server watches. */
async function writeMachineSettings(
  dataFolder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const machine = path.join(dataFolder, 'data/Machine');
  await mkdir(machine, { recursive: true });
  await writeFile(path.join(machine, 'settings.json'), JSON.stringify(settings, null, 2));
}

function workbenchAddress(
  port: number,
  target: { folder: string; extension?: string; tests?: string },
): string {
  const remote = (file: string) => `vscode-remote://${host}:${port}${path.resolve(file)}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (target.extension !== undefined) payload.push(['extensionDevelopmentPath', remote(target.extension)]);
  if (target.tests !== undefined) payload.push(['extensionTestsPath', remote(target.tests)]);
  const query = new URLSearchParams({
    folder: path.resolve(target.folder),
    payload: JSON.stringify(payload),
  });
  return `http://${host}:${port}/?${query.toString()}`;
}

async function untilAnswering(port: number, isAlive: () => boolean): Promise<void> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline && isAlive()) {
    const answered = await fetch(`http://${host}:${port}/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await delay(100);
  }
  throw new Error(isAlive() ? 'It gave no answer in time.' : 'It ended at once.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
