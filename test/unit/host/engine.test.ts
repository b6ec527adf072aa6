import { describe, expect, it } from 'vitest';
import type { EngineOptions } from '../../../src/host/engine';
import { configurableEngine } from '../../../src/host/engine';

/** Engines that only tell what happened to them. */
function setUp() {
  const events: string[] = [];
  const options: { -readonly [Name in keyof EngineOptions]: EngineOptions[Name] } = {
    entry: 'engine.js',
    runtime: 'auto',
    provider: 'cpu',
    threads: 0,
    hangSeconds: 60,
    log: () => undefined,
    onDown: () => undefined,
  };
  let started = 0;
  const start = ({ threads }: EngineOptions) => {
    const id = ++started;
    events.push(`start ${id} with ${threads} threads`);
    return {
      peer: { call: async () => ({ ok: true as const, value: id as never }) },
      pid: () => id,
      restart: async () => void events.push(`restart ${id}`),
      dispose: () => void events.push(`dispose ${id}`),
    };
  };
  return { events, options, engine: configurableEngine(start, () => ({ ...options })) };
}

describe('configurableEngine', () => {
  it('keeps its process while the options stay the same', async () => {
    const { engine, events } = setUp();
    expect(engine.reconfigure()).toBe(false);
    await engine.restart();
    expect(events).toEqual(['start 1 with 0 threads', 'restart 1']);
  });

  it.each([
    { threads: 2 },
    { hangSeconds: 5 },
    { runtime: 'onnxruntime-web' as const },
    { provider: 'cuda' as const },
  ])('starts another process for %j', async (change) => {
    const { engine, options, events } = setUp();
    Object.assign(options, change);
    expect(engine.reconfigure()).toBe(true);
    expect(events.slice(1)).toEqual(['dispose 1', `start 2 with ${options.threads} threads`]);
    expect(engine.pid()).toBe(2);
    await expect(engine.peer.call('ping', null)).resolves.toEqual({ ok: true, value: 2 });
  });

  it('ends the process that runs now', () => {
    const { engine, options, events } = setUp();
    options.threads = 4;
    engine.reconfigure();
    engine.dispose();
    expect(events.at(-1)).toBe('dispose 2');
  });
});
