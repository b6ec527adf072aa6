import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseQueueAddress } from '../../src/engine/queue/address';
import { connectQueue } from '../../src/engine/queue/connection';
import { LIFETIME_SECONDS } from '../../src/engine/queue/lifetime';
import { scanOnQueue } from '../../src/engine/queue/scanOnQueue';
import { scanThroughQueue } from '../../src/engine/queue/scanThroughQueue';
import { placesFor } from '../../src/engine/topActivations/indexFile';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import type { ScanProgress, ScanResult } from '../../src/protocol/topActivations';
import { smallNet } from '../support/smallNet';
import { contents, writeNoise } from './indexes';
import { hasRedis, prepareRedis, prepareSecuredRedis, type TestRedis } from './redis';
import { bundle, newService, temporaryFolder, writeModel } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();
const COUNT = 120;
let redis: TestRedis;
let workerFile = '';
const workers: ChildProcess[] = [];

const address = () => `redis://127.0.0.1:${redis.port}`;

function startWorker(model = 'small.onnx', images = file('set')): ChildProcess {
  const worker = startWorkerOf(redis, images, model);
  workers.push(worker);
  return worker;
}

function startWorkerOf({ port }: TestRedis, images: string, model = 'small.onnx'): ChildProcess {
  const args = [workerFile, `redis://127.0.0.1:${port}`, file(model), images];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

interface Scan {
  readonly signal?: AbortSignal;
  readonly folder?: string;
  readonly portion?: number;
  readonly onStep?: (step: ScanProgress) => unknown;
}

async function scanInto(
  index: string,
  { signal = new AbortController().signal, folder: images = file('set'), portion = 8, onStep }: Scan = {},
): Promise<ScanResult> {
  const connection = await connectQueue(parseQueueAddress(address(), undefined));
  try {
    return await service.models.use(file('small.onnx'), async (open) => {
      const request = { folder: images, index: file(index), k: 4, each: 1 };
      const scan = { redis: connection, index, places: placesFor(4), portion, onWorkers: () => undefined };
      const scanning = scanFolder(open, request, signal, (subject, waiting) =>
        scanOnQueue(open, subject, waiting, scan, signal),
      );
      for (;;) {
        const step = await scanning.next();
        if (step.done) return step.value;
        if (step.value.step === 'running') await onStep?.(step.value);
      }
    });
  } finally {
    connection.disconnect();
  }
}

async function scanAlone(index: string): Promise<void> {
  await service.models.use(file('small.onnx'), async (open) => {
    const request = { folder: file('set'), index: file(index), k: 4, each: 1 };
    const scanning = scanFolder(open, request, new AbortController().signal);
    while (!(await scanning.next()).done);
  });
}

const everything = (index: string) => contents(file(index), 1000);

describe.skipIf(!hasRedis)('a scan by the workers of a queue', () => {
  beforeAll(async () => {
    workerFile = await bundle('test/engine/queueWorker.ts');
    redis = await prepareRedis(file('redis'));
    await redis.start();
    writeModel(file('small.onnx'), smallNet());
    for (let i = 0; i < COUNT; i++) await writeNoise(file(`set/${i % 3 === 0 ? 'b/' : ''}${i}.png`), i % 110);
    writeFileSync(file('set/broken.jpg'), 'no picture');
    await scanAlone('one.index');
  }, 60_000);

  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await redis.kill();
  });

  it('gives the index of a single process, though two of three workers are killed and Redis starts anew', async () => {
    const started = [startWorker(), startWorker(), startWorker()];
    let step = 0;
    const result = await scanInto('hard.index', {
      onStep: async ({ done }) => {
        if (done === 0) return;
        step++;
        if (step === 2) started[0]!.kill('SIGKILL');
        if (step === 4) {
          await redis.kill();
          started[1]!.kill('SIGKILL');
          await redis.start();
        }
      },
    });
    expect(step).toBeGreaterThan(4);
    expect(result).toMatchObject({ images: COUNT + 1, problems: [{ path: 'broken.jpg' }] });
    expect(everything('hard.index')).toEqual(everything('one.index'));
  }, 60_000);

  it('goes on where it was after it was left, with what workers did meanwhile', async () => {
    const controller = new AbortController();
    const left = scanInto('left.index', {
      signal: controller.signal,
      onStep: ({ done }) => done > 0 && controller.abort(),
    });
    await expect(left).rejects.toThrow(/abort/i);
    const before = everything('left.index').images.length;
    const { scanned } = await scanInto('left.index');
    expect(scanned).toBe(COUNT + 1 - before);
    expect(everything('left.index')).toEqual(everything('one.index'));
  });

  it('gives out again what Redis lost', async () => {
    let flushed = false;
    await scanInto('flushed.index', {
      onStep: async ({ done }) => {
        if (done === 0 || flushed) return;
        flushed = true;
        const connection = await connectQueue(parseQueueAddress(address(), undefined));
        await connection.flushall();
        connection.disconnect();
      },
    });
    expect(flushed).toBe(true);
    expect(everything('flushed.index')).toEqual(everything('one.index'));
  });

  it('puts no more into Redis than workers need next', async () => {
    const most = vi.fn<(waiting: number) => void>();
    await scanInto('few at once.index', {
      portion: 4,
      onStep: async () => {
        const connection = await connectQueue(parseQueueAddress(address(), undefined));
        most(
          (await connection.keys('bull:switchback-top-*:portion-*')).filter((key) => !key.endsWith(':lock'))
            .length,
        );
        connection.disconnect();
      },
    });
    // One worker is left: two portions for it, four for those to come.
    expect(Math.max(...most.mock.calls.flat())).toBeLessThanOrEqual(6);
    expect(everything('few at once.index')).toEqual(everything('one.index'));
  });

  it('lists pictures that nobody can read where a portion holds no others', async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    mkdirSync(file('unreadable'));
    symlinkSync(file('nowhere'), file('unreadable/broken link.png'));
    mkdirSync(file('unreadable/a'));
    await writeNoise(file('unreadable/a/1.png'), 1);
    startWorker('small.onnx', file('unreadable'));
    const result = await scanInto('unreadable.index', { folder: file('unreadable'), portion: 1 });
    expect(result).toMatchObject({ images: 2, problems: [{ path: 'broken link.png' }] });
  });

  it('takes images from an address', async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    const server = createServer((request, response) => {
      const stream = createReadStream(
        file(path.join('set', decodeURIComponent(request.url!.slice('/base/'.length)))),
      );
      stream.on('error', () => response.writeHead(404).end()).pipe(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    startWorker('small.onnx', `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`);
    const { problems } = await scanInto('fetched.index');
    server.close();
    expect(problems).toMatchObject([
      { path: 'broken.jpg', problem: expect.stringMatching(/^broken.jpg/) as string },
    ]);
    const [fetched, one] = [everything('fetched.index'), everything('one.index')];
    expect({ ...fetched, images: [] }).toEqual({ ...one, images: [] });
  });

  it('says which pictures failed where a worker was given another folder', async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    startWorker('small.onnx', file('redis'));
    await expect(scanInto('elsewhere.index', { portion: COUNT + 1 })).rejects.toMatchObject({
      code: 'portion-failed',
      message: expect.stringMatching(
        `^The workers \\(the last on ${hostname()}\\) could not run .*1.png and ${COUNT} other pictures: None`,
      ) as string,
    });
  });
});

describe.skipIf(!hasRedis)('a scan through a queue, as the editor asks for it', () => {
  const inFolder = { folder: file('some'), k: 4, each: 1 };
  let queue: TestRedis;

  beforeAll(async () => {
    workerFile = await bundle('test/engine/queueWorker.ts');
    queue = await prepareRedis(file('queue'));
    await queue.start();
    writeModel(file('small.onnx'), smallNet());
    for (let i = 0; i < 12; i++) await writeNoise(file(`some/${i}.png`), i);
  }, 60_000);

  afterAll(() => queue.kill());

  async function scan(
    index: string,
    { signal = new AbortController().signal, onStep }: Scan,
  ): Promise<ScanResult> {
    const place = { address: `redis://127.0.0.1:${queue.port}` };
    return service.models.use(file('small.onnx'), async (open) => {
      const scanning = scanThroughQueue(open, { ...inFolder, index: file(index) }, place, signal);
      for (;;) {
        const step = await scanning.next();
        if (step.done) return step.value;
        if (step.value.step === 'running') await onStep?.(step.value);
      }
    });
  }

  it('says that it waits for workers, and goes on when there is one', async () => {
    const steps: ScanProgress[] = [];
    const result = await scan('waits.index', {
      onStep: (step) => {
        if (steps.length === 0) workers.push(startWorkerOf(queue, file('some')));
        steps.push(step);
      },
    });
    expect(steps[0]).toEqual({ step: 'running', images: 12, pending: 12, done: 0, workers: 0 });
    expect(steps.at(-1)).toEqual({ step: 'running', images: 12, pending: 12, done: 12, workers: 1 });
    expect(result).toMatchObject({ images: 12, scanned: 12, problems: [] });
    for (const worker of workers) worker.kill('SIGKILL');
  });

  it('leaves nothing in Redis for ever: all of it lives for days after it was last watched or worked on', async () => {
    const connection = await connectQueue(parseQueueAddress(`redis://127.0.0.1:${queue.port}`, undefined));
    await connection.flushall();
    const keys = () => connection.keys('*');
    const lifetimes = async () => Promise.all((await keys()).map((key) => connection.ttl(key)));
    const isForgottenInTime = async () => {
      const [job] = await connection.keys('*:portion-*');
      const known = job !== undefined && (await connection.ttl(job)) > LIFETIME_SECONDS - 600;
      return known && (await lifetimes()).every((left) => left > 0 && left <= LIFETIME_SECONDS);
    };
    const controller = new AbortController();
    const left = scan('left behind.index', { signal: controller.signal });
    await expect.poll(isForgottenInTime).toBe(true);
    controller.abort();
    await expect(left).rejects.toThrow(/abort/i);
    const [job] = await connection.keys('*:portion-*');
    const age = { age: LIFETIME_SECONDS };
    expect(JSON.parse((await connection.hget(job!, 'opts'))!)).toMatchObject({ removeOnComplete: age, removeOnFail: age }); // prettier-ignore
    for (const key of await keys()) await connection.persist(key);
    workers.push(startWorkerOf(queue, file('some')));
    await expect.poll(isForgottenInTime, { timeout: 20_000 }).toBe(true);
    expect(await connection.hget(job!, 'returnvalue')).toBeTruthy();
    for (const worker of workers) worker.kill('SIGKILL');
    connection.disconnect();
  }, 60_000);

  it('ends with a sentence where Redis has no memory left, and goes on when it has', async () => {
    const connection = await connectQueue(parseQueueAddress(`redis://127.0.0.1:${queue.port}`, undefined));
    await connection.config('SET', 'maxmemory', '1');
    await expect(scan('no memory.index', {})).rejects.toMatchObject({
      code: 'queue-refuses',
      message: `The queue on 127.0.0.1:${queue.port} takes no more: OOM command not allowed when used memory > 'maxmemory'.`,
    });
    await connection.config('SET', 'maxmemory', '0');
    const worker = startWorkerOf(queue, file('some'));
    expect(await scan('no memory.index', {})).toMatchObject({ images: 12, scanned: 12 });
    worker.kill('SIGKILL');
    connection.disconnect();
  });

  it('ends at once when it is cancelled though Redis is away, and leaves the index to the next', async () => {
    const controller = new AbortController();
    const left = scan('away.index', {
      signal: controller.signal,
      onStep: async () => {
        await queue.kill();
        controller.abort();
      },
    });
    await expect(left).rejects.toThrow(/abort/i);
    expect(existsSync(file('away.index.scan'))).toBe(false);
  });
});

describe.skipIf(!hasRedis)('a queue behind a password and TLS', () => {
  it('is refused with a sentence that repeats no secret', async () => {
    const guarded = await prepareRedis(file('guarded'), ['--requirepass', 'sesame']);
    await guarded.start();
    try {
      const connect = (password?: string) =>
        connectQueue(parseQueueAddress(`redis://localhost:${guarded.port}`, password));
      await expect(connect('mustard')).rejects.toThrow(/cannot be used: WRONGPASS/);
      await expect(connect('mustard')).rejects.not.toThrow(/mustard/);
      await expect(connect()).rejects.toThrow(/cannot be used: NOAUTH/);
      (await connect('sesame')).disconnect();
    } finally {
      await guarded.kill();
    }
    await expect(
      connectQueue(parseQueueAddress(`redis://localhost:${guarded.port}`, undefined)),
    ).rejects.toThrow(/cannot be used: .*ECONNREFUSED/);
  });

  it('is used with them, and refused without a certificate that is known', async () => {
    const secured = await prepareSecuredRedis(file('secured'), 'sesame');
    await secured.start();
    try {
      const refused = (password: string) =>
        connectQueue(parseQueueAddress(`rediss://localhost:${secured.port}`, password));
      await expect(refused('sesame')).rejects.toThrow(/cannot be used: self-signed certificate/);
      const env = {
        ...process.env,
        SWITCHBACK_QUEUE_PASSWORD: 'sesame',
        NODE_EXTRA_CA_CERTS: secured.certificate,
      };
      const cli = await bundle('src/cli/main.ts');
      writeModel(file('small.onnx'), smallNet());
      await writeNoise(file('few/1.png'), 1);
      const subject = ['--model', file('small.onnx'), '--images', file('few')];
      const [named, queue] = ['localhost', '127.0.0.1'].map((host) => [
        '--queue',
        `rediss://${host}:${secured.port}`,
      ]) as [string[], string[]];
      workers.push(spawn(process.execPath, [cli, 'worker', ...subject, ...named], { env, stdio: 'ignore' }));
      const top = spawn(process.execPath, [cli, 'top', ...subject, ...queue, '--out', file('few.index')], {
        env,
      });
      let said = '';
      for (const stream of [top.stdout, top.stderr])
        stream.on('data', (text: Buffer) => (said += text.toString()));
      expect(await once(top, 'exit')).toEqual([0, null]);
      expect(said).toContain('1 image: 1 new');
      expect(said).not.toContain('sesame');
      expect(said).not.toMatch(/warning/i);
      const nowhere = ['--images', file('nowhere'), '--out', file('no.index')];
      const failed = spawn(process.execPath, [cli, 'top', ...subject, ...queue, ...nowhere], {
        env,
        stdio: 'ignore',
      });
      expect(await once(failed, 'exit')).toEqual([1, null]);
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      await secured.kill();
    }
  }, 60_000);
});
