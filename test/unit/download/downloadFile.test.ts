import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileAddress } from '../../../src/download/address';
import { connectionProblem } from '../../../src/download/connection';
import type { Download, DownloadProgress } from '../../../src/download/downloadFile';
import { downloadFile } from '../../../src/download/downloadFile';
import { isConnectionFailure } from '../../../src/download/errors';
import type { HttpServer } from '../../support/httpServer';
import { sendBeginning, sendFile, sendWhole, startHttpServer } from '../../support/httpServer';
import { seededRandom } from '../../support/random';

const random = seededRandom(1);
const content = Uint8Array.from({ length: 300_000 }, () => random() * 256);
const sha256 = createHash('sha256').update(content).digest('hex');
const half = content.subarray(0, 150_000);

let folder = '';
let file = '';
let part = '';
let server: HttpServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'switchback-download-'));
  file = path.join(folder, 'x.onnx');
  part = `${file}.part`;
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** Downloads what `answer` sends. */
async function download(answer: RequestListener, changes: Partial<Download> = {}): Promise<void> {
  await server?.close();
  server = await startHttpServer(answer);
  const { signal } = new AbortController();
  const address = fileAddress(server.base, 'x.onnx');
  const wanted = { address, file, bytes: content.length, sha256, signal, onProgress: () => undefined };
  return downloadFile({ ...wanted, ...changes });
}

const names = () => readdir(folder);

async function expectComplete(): Promise<void> {
  expect(await names()).toEqual(['x.onnx']);
  expect((await readFile(file)).equals(content)).toBe(true);
}

describe('a download', () => {
  it('gives the file its name once it is complete', async () => {
    const seen: DownloadProgress[] = [];
    await download(sendFile(content), { onProgress: (progress) => seen.push(progress) });
    await expectComplete();
    for (const step of ['receive', 'check'] as const) {
      const bytes = seen.filter((progress) => progress.step === step).map((progress) => progress.bytes);
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      expect(bytes.at(-1)).toBe(content.length);
    }
  });

  it('takes a file that is there already and right, and asks for nothing', async () => {
    await writeFile(file, content);
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([]);
  });

  it('follows redirects on this machine', async () => {
    await download((request, response) => {
      if (request.url === '/elsewhere/x.onnx') sendFile(content)(request, response);
      else response.writeHead(302, { location: '/elsewhere/x.onnx' }).end('moved');
    });
    await expectComplete();
  });

  it('goes on for as long as something comes, however slowly', async () => {
    await download(
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length });
        let sent = 0;
        const timer = setInterval(() => {
          response.write(content.subarray(sent, sent + 50_000));
          sent += 50_000;
          if (sent < content.length) return;
          clearInterval(timer);
          response.end();
        }, 300);
      },
      { patience: 1500 },
    );
    await expectComplete();
  });
});

describe('the rest of a download', () => {
  beforeEach(() => writeFile(part, half));

  it('is all that is asked for', async () => {
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([`bytes=${half.length}-`]);
  });

  it('is asked for with the whole where the server knows no ranges', async () => {
    await download(sendWhole(content));
    await expectComplete();
  });

  it('starts over where the server has no such range', async () => {
    await download((request, response) => {
      if (request.headers.range === undefined) sendFile(content)(request, response);
      else response.writeHead(416).end();
    });
    await expectComplete();
    expect(server?.ranges).toEqual([`bytes=${half.length}-`, null]);
  });

  it('is nothing where all has arrived', async () => {
    await writeFile(part, content);
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([]);
  });

  it('starts over where there is more than the whole', async () => {
    await writeFile(part, Buffer.concat([content, half]));
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([null]);
  });

  it('does not go well with a beginning of another file, which is removed', async () => {
    await writeFile(
      part,
      half.map((byte) => byte ^ 1),
    );
    await expect(download(sendFile(content))).rejects.toThrow('its checksum is another');
    expect(await names()).toEqual([]);
  });
});

describe('an interrupted download', () => {
  it.each<[string, RequestListener, string]>([
    [
      'that is cut off',
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(half, () => response.destroy());
      },
      'the connection broke',
    ],
    [
      'that ends early',
      (_, response) => {
        // A length that is not announced: else the answer is refused at once.
        response.write(half);
        response.end();
      },
      'the server ended it early',
    ],
    ['that falls silent', sendBeginning(content, half.length), 'nothing came for too long'],
  ])('%s says so, keeps what has come, and goes on from there', async (_, answer, reason) => {
    const failure: unknown = await download(answer, { patience: 1000 }).catch((error: unknown) => error);
    expect(isConnectionFailure(failure)).toBe(true);
    expect(String(failure)).toContain(`The download of x.onnx stopped: ${reason}`);
    expect(await names()).toEqual(['x.onnx.part']);
    const { size } = await stat(part);
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([size > 0 ? `bytes=${size}-` : null]);
  });

  it('by the user throws what the user gave as the reason, and goes on later', async () => {
    const user = new AbortController();
    const onProgress = () => user.abort(new Error('enough'));
    const running = download(sendBeginning(content, half.length), { signal: user.signal, onProgress });
    await expect(running).rejects.toThrow('enough');
    const { size } = await stat(part);
    expect(size).toBeGreaterThan(0);
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([`bytes=${size}-`]);
  });
});

describe('a download in a process that is killed', () => {
  it('goes on from there', async () => {
    server = await startHttpServer(sendBeginning(content, half.length));
    const wanted = { file, bytes: content.length, sha256 };
    const { outputFiles } = await build({
      stdin: {
        contents: `import { downloadFile } from './src/download/downloadFile';
          const { signal } = new AbortController();
          const address = new URL('${fileAddress(server.base, 'x.onnx').href}');
          await downloadFile({ ...${JSON.stringify(wanted)}, address, signal, onProgress: () => undefined });`,
        resolveDir: path.join(import.meta.dirname, '../../..'),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const child = spawn(process.execPath, ['--input-type=module'], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(outputFiles[0]?.text);
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(half.length), { timeout: 20_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await download(sendFile(content));
    await expectComplete();
    expect(server?.ranges).toEqual([`bytes=${half.length}-`]);
  });
});

describe('what is not the file', () => {
  it('is removed where its checksum is another', async () => {
    const corrupted = content.map((byte, i) => (i === 200_000 ? byte ^ 1 : byte));
    await expect(download(sendFile(corrupted))).rejects.toThrow(
      'What was sent as x.onnx is not that file: its checksum is another. It was not kept.',
    );
    expect(await names()).toEqual([]);
  });

  it.each([
    ['announced as shorter', sendFile(half), '150000 bytes instead of 300000'],
    ['announced as longer', sendFile(Buffer.concat([content, half])), '450000 bytes instead of 300000'],
    [
      'longer than anybody said',
      ((_, response) => {
        response.write(content);
        response.end(half);
      }) satisfies RequestListener,
      'more than 300000 bytes',
    ],
  ])('is not kept when it is %s', async (_, answer, problem) => {
    await expect(download(answer)).rejects.toThrow(problem);
    expect(await names()).toEqual([]);
  });
});

describe('a server', () => {
  it.each([
    [404, 'has no such file'],
    [403, 'does not give the file out'],
    [500, 'did not deliver the file'],
  ])('that answers %d leaves what has arrived, and nothing else', async (status, problem) => {
    await writeFile(part, half);
    const answer: RequestListener = (_, response) => void response.writeHead(status).end('no');
    await expect(download(answer)).rejects.toThrow(`${problem} (HTTP ${status})`);
    expect(await names()).toEqual(['x.onnx.part']);
    expect((await stat(part)).size).toBe(half.length);
  });

  it.each([
    ['off to where it is not safe', 'http://example.org/x.onnx', 'which is not safe'],
    ['in circles', '/zoo/x.onnx', 'more than 5 times'],
  ])('that redirects %s is not followed', async (_, location, problem) => {
    const answer: RequestListener = (_, response) => void response.writeHead(302, { location }).end();
    await expect(download(answer)).rejects.toThrow(problem);
    expect(await names()).toEqual([]);
  });

  it('that is not there is named, with the reason', async () => {
    const { base, close } = await startHttpServer(() => undefined);
    await close();
    const unanswered = download(sendFile(content), { address: fileAddress(base, 'x.onnx') });
    await expect(unanswered).rejects.toThrow(`${base.host} cannot be reached: it refuses the connection`);
  });

  it('that never answers is not waited for', async () => {
    await expect(download(() => undefined, { patience: 300 })).rejects.toThrow('nothing came for too long');
  });
});

describe('the disk', () => {
  it('keeps another file of the same name', async () => {
    await writeFile(file, half);
    await expect(download(sendFile(content))).rejects.toThrow('x.onnx exists already, with other content');
    expect((await readFile(file)).equals(half)).toBe(true);
  });

  it.each(['x.onnx.part', 'x.onnx'])('is not written through a link called %s', async (name) => {
    const target = path.join(folder, 'precious');
    await writeFile(target, 'as it was');
    await symlink(target, path.join(folder, name));
    await expect(download(sendFile(content))).rejects.toThrow(name);
    expect(await readFile(target, 'utf8')).toBe('as it was');
  });

  it('that is too small is not filled', async () => {
    await expect(download(sendFile(content), { bytes: 2 ** 52 })).rejects.toThrow('has no room');
    expect(server?.ranges).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it('that has no such folder says so', async () => {
    const nowhere = path.join(folder, 'missing', 'x.onnx');
    await expect(download(sendFile(content), { file: nowhere })).rejects.toThrow('cannot be written: ENOENT');
  });
});

describe('a broken connection', () => {
  it.each([
    ['ENOTFOUND', /^its name is not known, as on a machine that is offline/],
    ['EAI_AGAIN', /^its name is not known, as on a machine that is offline/],
    ['ENETUNREACH', /^there is no way to it, as on a machine that is offline/],
    ['UND_ERR_CONNECT_TIMEOUT', /^it does not answer/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /^its certificate is not trusted/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /^its certificate is not trusted/],
    ['SOMETHING_NEW', /^SOMETHING_NEW$/],
  ])('with the code %s reads as %s', (code, clause) => {
    const cause = Object.assign(new Error('deep down'), { code });
    expect(connectionProblem(new TypeError('fetch failed', { cause }))).toMatch(clause);
  });

  it('without a code says what it says', () => {
    expect(connectionProblem(new TypeError('fetch failed'))).toBe('fetch failed');
  });
});
