import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether there is a real Redis to test with. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

if (!hasRedis) console.warn('skipped: tests of the queue, as redis-server (package redis-server of Debian) is not installed'); // prettier-ignore

/** A Redis of its own for one test file. */
export interface TestRedis {
  readonly port: number;
  readonly start: () => Promise<void>;
  /** As when its machine goes down. */
  readonly kill: () => Promise<void>;
}

export async function prepareRedis(folder: string, options: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const [plain, tls] = options.includes('--tls-port') ? ['0', String(port)] : [String(port), undefined];
  const args = ['--port', plain, '--dir', folder, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']; // prettier-ignore
  const wanted = options.map((option) => (option === 'PORT' ? tls! : option));
  let server: ChildProcess | undefined;
  return {
    port,
    start: async () => {
      server = spawn('redis-server', [...args, ...wanted], { stdio: 'ignore' });
      while (!(await listens(port))) await delay(20);
    },
    kill: async () => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
  };
}

/** One that asks for a password and speaks TLS alone, as `localhost` and 127.0.0.1. */
export interface SecuredRedis extends TestRedis {
  /** The file of its certificate, which no authority has signed. */
  readonly certificate: string;
}

export async function prepareSecuredRedis(folder: string, password: string): Promise<SecuredRedis> {
  mkdirSync(folder, { recursive: true });
  const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate]; // prettier-ignore
  if (spawnSync('openssl', request).status !== 0) throw new Error('openssl made no certificate');
  const options = ['--requirepass', password, '--tls-port', 'PORT', '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no']; // prettier-ignore
  return { ...(await prepareRedis(folder, options)), certificate };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
