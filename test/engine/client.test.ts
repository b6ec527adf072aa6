import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type EngineClient, type EngineClientOptions } from '../../src/engine/client';
import type { Failure } from '../../src/protocol/contract';
import type { ProjectedUnit } from '../../src/protocol/model';
import { smallNet } from '../support/smallNet';
import { bundle, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const subject = { model: path.join(folder, 'small.onnx'), image: path.join(folder, 'waves.png') };
const units = [{ map: 0 }, { map: 1 }, { map: 2 }];
const projectConv3 = { ...subject, layer: 'conv3', units, method: 'deconvnet' } as const;

let entry = '';
let engine: EngineClient | undefined;
let down: Failure[] = [];
let lines: string[] = [];

function start(options: Partial<EngineClientOptions> = {}): EngineClient {
  down = [];
  lines = [];
  const log = (line: string) => lines.push(line);
  const onDown = (failure: Failure) => down.push(failure);
  engine = startEngine({
    entry,
    runtime: 'auto',
    provider: 'cpu',
    threads: 1,
    hangSeconds: 30,
    log,
    onDown,
    ...options,
  });
  return engine;
}

/** A stand-in for the engine that misbehaves. */
function script(name: string, text: string): string {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}

beforeAll(async () => {
  entry = await bundle('src/engine/main.ts');
  writeModel(subject.model, smallNet());
  await writePicture(subject.image);
});

afterEach(() => engine?.dispose());

describe('the engine process', () => {
  it('starts with the first call, not before', async () => {
    const { pid, peer } = start();
    expect(pid()).toBeUndefined();
    expect(await peer.call('ping', null)).toEqual({ ok: true, value: null });
    expect(pid()).toBeGreaterThan(0);
  });

  it('records an image and streams projections as typed arrays', async () => {
    const { peer } = start();
    const steps: string[] = [];
    const recorded = await peer.call('record', subject, { onProgress: ({ step }) => steps.push(step) });
    if (!recorded.ok) throw new Error(recorded.failure.message);
    expect(steps).toEqual(['model', 'image', 'forward']);
    const { input, layers, top, model } = recorded.value;
    expect(input).toMatchObject({ height: 48, width: 48 });
    expect(input.rgba).toBeInstanceOf(Uint8Array);
    expect(Buffer.isBuffer(input.rgba)).toBe(false);
    expect(model.layers.map(({ label }) => label)).toEqual(['conv1', 'conv2', 'conv3', 'fc4']);
    expect(layers.map(({ maxima }) => maxima.length)).toEqual([12, 16, 20, 4]);
    expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);

    const projected: ProjectedUnit[] = [];
    const result = await peer.call('project', projectConv3, { onProgress: (unit) => projected.push(unit) });
    expect(result.ok).toBe(true);
    expect(projected.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { status, tile, visible } of projected) {
      if (status === 'inactive') continue;
      expect(tile?.values).toBeInstanceOf(Int16Array);
      expect(tile?.values.length).toBe(3 * visible.height * visible.width);
    }
  });

  it('answers a user error as a value and lives on', async () => {
    const { peer, pid } = start();
    const answer = await peer.call('openModel', { model: path.join(folder, 'missing.onnx') });
    const before = pid();
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'user', code: 'file-not-found' } });
    expect(await peer.call('ping', null)).toMatchObject({ ok: true });
    expect(pid()).toBe(before);
  });

  it('hands nothing of the environment but what it needs to the process', async () => {
    process.env.SWITCHBACK_TEST_SECRET = 'secret';
    const spy = script('environment', 'console.error(JSON.stringify(process.env)); process.disconnect();');
    await start({ entry: spy }).peer.call('ping', null);
    delete process.env.SWITCHBACK_TEST_SECRET;
    const seen = JSON.parse(lines.join('')) as Record<string, string>;
    expect(seen.SWITCHBACK_TEST_SECRET).toBeUndefined();
    expect(seen.ELECTRON_RUN_AS_NODE).toBe('1');
  });
});

describe('when the process dies', () => {
  it('answers every pending call, reports once and starts again with the next call', async () => {
    const { peer, pid } = start();
    await peer.call('record', subject);
    const pending = [peer.call('project', projectConv3), peer.call('openModel', subject)];
    process.kill(pid()!, 'SIGKILL');
    for (const answer of await Promise.all(pending)) {
      expect(answer).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    }
    expect(down.map(({ message }) => message)).toEqual(['The engine process ended unexpectedly (SIGKILL).']);
    // The same request works again: requests stand on their own.
    expect(await peer.call('project', projectConv3)).toMatchObject({ ok: true });
  });

  it('survives a native crash', async () => {
    const { peer } = start({ entry: script('abort', "process.on('message', () => process.abort());") });
    expect(await peer.call('ping', null)).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    expect(down).toHaveLength(1);
  });

  it('ends a process that hangs in a native call', async () => {
    const hanging = script('hang', "process.on('message', () => { for (;;); });");
    const { peer, pid } = start({ entry: hanging, hangSeconds: 0.3 });
    const answer = await peer.call('record', subject);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    expect(!answer.ok && answer.failure.message).toContain('did not answer for 0.3 seconds');
    expect(pid()).toBeUndefined();
  });

  it('says so when the entry does not exist', async () => {
    const { peer } = start({ entry: path.join(folder, 'nothing.mjs') });
    expect(await peer.call('ping', null)).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    expect(lines.join('\n')).toContain('nothing.mjs');
  });

  it('does not report an end that was asked for', async () => {
    const { peer, restart, pid, dispose } = start();
    await peer.call('ping', null);
    const first = pid();
    await restart();
    expect(pid()).not.toBe(first);
    const pending = peer.call('record', subject);
    dispose();
    expect(await pending).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    expect(await peer.call('ping', null)).toMatchObject({ ok: false, failure: { kind: 'gone' } });
    expect(down).toEqual([]);
  });
});

describe('cancellation', () => {
  it('answers at once and stops the work in the process', async () => {
    const { peer } = start();
    await peer.call('record', subject);
    const controller = new AbortController();
    const many = Array.from({ length: 20_000 }, (_, i) => ({ map: i % 20 }));
    let seen = 0;
    const began = performance.now();
    const call = peer.call(
      'project',
      { ...projectConv3, units: many },
      {
        signal: controller.signal,
        onProgress: () => {
          if (++seen === 5) controller.abort();
        },
      },
    );
    expect(await call).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(seen).toBe(5);
    const cancelled = performance.now();
    await peer.call('record', subject);
    // An engine that went on would answer behind the thousands that are left.
    const ofAll = (many.length / seen) * (cancelled - began);
    expect(performance.now() - cancelled).toBeLessThan(ofAll / 10);
  });
});
