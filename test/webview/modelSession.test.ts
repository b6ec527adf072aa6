import { describe, expect, it } from 'vitest';
import type { CallOptions, Outcome, Peer } from '../../src/protocol/contract';
import type { ModelEditorHostContract } from '../../src/protocol/modelEditorContract';
import { createModelSession } from '../../webview/model/session';

interface Pending {
  readonly method: string;
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
  readonly answer: (outcome: Outcome<unknown>) => void;
}

/** A host that answers when the test says so. */
function setUp() {
  const pending: Pending[] = [];
  const host = {
    call: (method: string, params: unknown, options: CallOptions<never> = {}) =>
      new Promise((answer) => pending.push({ method, params, signal: options.signal, answer })),
  } as unknown as Peer<ModelEditorHostContract>;
  const session = createModelSession({ host, onChange: () => undefined });
  const asked = async (method: string): Promise<Pending> => {
    const found = await expect
      .poll(() => pending.find((call) => call.method === method), { interval: 5 })
      .toBeDefined()
      .then(() => pending.find((call) => call.method === method)!);
    pending.splice(pending.indexOf(found), 1);
    return found;
  };
  const ok = (value: unknown): Outcome<unknown> => ({ ok: true, value });
  const open = async (layer: string | null = null) => {
    void session.begin();
    (await asked('ready')).answer(ok({ layer }));
    (await asked('summary')).answer(ok({ layers: [{ label: 'conv1' }, { label: 'conv2' }] }));
    return asked('filters');
  };
  return { session, asked, ok, open, pending };
}

const failure = { kind: 'user', code: 'x', message: 'It is broken.', hint: '' } as const;

describe('the session of a model file', () => {
  it('shows the first layer, or the one it was opened for', async () => {
    const first = setUp();
    expect((await first.open()).params).toEqual({ layer: 'conv1', scale: 'sheet' });
    const other = setUp();
    expect((await other.open('conv2')).params).toEqual({ layer: 'conv2', scale: 'sheet' });
    const unknown = setUp();
    expect((await unknown.open('fc9')).params).toEqual({ layer: 'conv1', scale: 'sheet' });
  });

  it('gives up the filters of a layer that is no longer selected', async () => {
    const { session, asked, ok, open } = setUp();
    const first = await open();
    session.select('conv2');
    expect(first.signal?.aborted).toBe(true);
    first.answer(ok({ layer: 'conv1' }));
    (await asked('filters')).answer(ok({ layer: 'conv2' }));
    await expect.poll(() => session.get().filters).toEqual({ layer: 'conv2' });
  });

  it('does not ask for layers that the selection only passes', async () => {
    const { session, asked, open, pending } = setUp();
    await open();
    session.select('conv2');
    session.select('conv1');
    expect((await asked('filters')).params).toMatchObject({ layer: 'conv1' });
    expect(pending).toEqual([]);
  });

  it('keeps the list when the filters of one layer fail', async () => {
    const { session, open } = setUp();
    (await open()).answer({ ok: false, failure });
    await expect.poll(() => session.get().filtersFailure).toEqual(failure);
    expect(session.get()).toMatchObject({ phase: 'ready', failure: null });
  });

  it('has nothing to show but the sentence where the model cannot be read', async () => {
    const { session, asked, ok } = setUp();
    void session.begin();
    (await asked('ready')).answer(ok({ layer: null }));
    (await asked('summary')).answer({ ok: false, failure });
    await expect.poll(() => session.get()).toMatchObject({ phase: 'failed', failure });
  });

  it('has only the sentence when the file has gone, and the same layer when it is back', async () => {
    const { session, asked, ok, open } = setUp();
    (await open('conv2')).answer(ok({ layer: 'conv2' }));
    await expect.poll(() => session.get().filters).not.toBeNull();
    await session.calls.reload(null, undefined as never);
    (await asked('summary')).answer({ ok: false, failure });
    await expect
      .poll(() => session.get())
      .toMatchObject({ phase: 'failed', failure, summary: null, filters: null });
    await session.calls.reload(null, undefined as never);
    (await asked('summary')).answer(ok({ layers: [{ label: 'conv1' }, { label: 'conv2' }] }));
    expect((await asked('filters')).params).toMatchObject({ layer: 'conv2' });
  });

  it('starts the engine again and goes on at the layer where it died', async () => {
    const { session, asked, ok, open } = setUp();
    await open('conv2');
    const gone = { ...failure, kind: 'gone' } as const;
    await session.calls.engineDown(gone, undefined as never);
    expect(session.get()).toMatchObject({ phase: 'down', failure: gone });
    void session.retry();
    (await asked('restartEngine')).answer(ok(null));
    (await asked('summary')).answer(ok({ layers: [{ label: 'conv1' }, { label: 'conv2' }] }));
    expect((await asked('filters')).params).toMatchObject({ layer: 'conv2' });
  });
});
