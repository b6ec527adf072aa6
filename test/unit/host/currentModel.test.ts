import { describe, expect, it } from 'vitest';
import { fileNotFound, untrustedModel } from '../../../src/core/errors';
import { currentModel, type CurrentModel } from '../../../src/host/layersView/currentModel';
import type { Outcome } from '../../../src/protocol/contract';
import type { ModelSummary, RecordingSummary } from '../../../src/protocol/model';

/** Models open when the test says so. */
function setUp(settled: string | undefined = undefined) {
  const opening: { model: string; done: (outcome: Outcome<ModelSummary>) => void }[] = [];
  const current = currentModel({
    settled: async () => settled,
    open: (model) => new Promise((done) => opening.push({ model, done })),
  });
  let changes = 0;
  current.onDidChange(() => changes++);
  return { current, opening, changes: () => changes };
}

const summary = (name: string) => ({ name, layers: [] }) as unknown as ModelSummary;
const opened = (name: string) => ({ ok: true, value: summary(name) }) as const;
const ran = (name: string) =>
  ({
    model: summary(name),
    layers: [{ label: 'conv1', inactive: 3 }],
  }) as unknown as RecordingSummary;
const kinds = (current: CurrentModel) => current.state().kind;
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('the current model', () => {
  it('is the one that would be used, once somebody looks', async () => {
    const { current, opening } = setUp('/m/a.onnx');
    expect(opening).toEqual([]);
    void current.begin();
    void current.begin();
    await settle();
    expect(opening.map(({ model }) => model)).toEqual(['/m/a.onnx']);
    expect(kinds(current)).toBe('opening');
    opening[0]!.done(opened('a'));
    await settle();
    expect(current.state()).toMatchObject({ kind: 'open', summary: { name: 'a' }, recorded: [] });
  });

  it('is none where the user would be asked', async () => {
    const { current, opening } = setUp();
    await current.begin();
    expect(kinds(current)).toBe('none');
    expect(opening).toEqual([]);
  });

  it('is that of the panel in front, whatever opens last', async () => {
    const { current, opening } = setUp('/m/a.onnx');
    void current.begin();
    await settle();
    void current.show({ model: '/m/b.onnx', image: '/p/cat.png' });
    opening[1]!.done(opened('b'));
    await settle();
    opening[0]!.done(opened('a'));
    await settle();
    expect(current.state()).toMatchObject({ kind: 'open', summary: { name: 'b' } });
  });

  it('says what its layers made of the image, and forgets it with the image', async () => {
    const { current, opening, changes } = setUp();
    void current.show({ model: '/m/b.onnx', image: '/p/cat.png' });
    current.recorded({ model: '/m/b.onnx', image: '/p/dog.png' }, ran('b'));
    expect(kinds(current)).toBe('opening');
    current.recorded({ model: '/m/b.onnx', image: '/p/cat.png' }, ran('b'));
    expect(current.state()).toMatchObject({ kind: 'open', recorded: [{ label: 'conv1', inactive: 3 }] });
    opening[0]!.done(opened('b'));
    await settle();
    expect(current.state()).toMatchObject({ recorded: [{ inactive: 3 }] });
    const before = changes();
    await current.show({ model: '/m/b.onnx', image: '/p/cat.png' });
    expect(changes()).toBe(before);
    await current.show({ model: '/m/b.onnx', image: '/p/dog.png' });
    expect(current.state()).toMatchObject({ kind: 'open', shown: { image: '/p/dog.png' }, recorded: [] });
    expect(opening).toHaveLength(1);
  });

  it('stays as it is while it is opened again, also what its layers made of the image as long as it is the same', async () => {
    const { current, opening, changes } = setUp();
    void current.show({ model: '/m/b.onnx', image: '/p/cat.png' });
    current.recorded({ model: '/m/b.onnx', image: '/p/cat.png' }, ran('b'));
    const before = changes();
    void current.refresh();
    expect(changes()).toBe(before);
    opening[1]!.done(opened('b'));
    await settle();
    expect(current.state()).toMatchObject({ kind: 'open', recorded: [{ inactive: 3 }] });
    void current.refresh();
    opening[2]!.done({ ok: true, value: { ...summary('b'), hash: 'other weights' } });
    await settle();
    expect(current.state()).toMatchObject({ kind: 'open', summary: { hash: 'other weights' }, recorded: [] });
  });

  it('stays where there is a choice now, says when its file is gone, and comes back with it', async () => {
    const files = new Set(['/m/a.onnx']);
    const current = currentModel({
      settled: async () => (files.size === 1 ? [...files][0] : undefined),
      open: async (model) => {
        if (!files.has(model)) throw fileNotFound(model);
        return opened(model);
      },
    });
    await current.begin();
    files.add('/m/b.onnx');
    await current.refresh();
    expect(current.state()).toMatchObject({ kind: 'open', shown: { model: '/m/a.onnx' } });
    files.clear();
    await current.refresh();
    expect(current.state()).toMatchObject({ kind: 'failed', failure: { code: 'file-not-found' } });
    files.add('/m/a.onnx');
    await current.refresh();
    expect(current.state()).toMatchObject({ kind: 'open', shown: { model: '/m/a.onnx' } });
  });

  it('says why it cannot be opened, and tries again when asked', async () => {
    let trusted = false;
    const current = currentModel({
      settled: async () => undefined,
      open: async () => {
        if (!trusted) throw untrustedModel('b.onnx');
        return opened('b');
      },
    });
    await current.show({ model: '/m/b.onnx', image: undefined });
    expect(current.state()).toMatchObject({ kind: 'failed', failure: { code: 'untrusted-model' } });
    trusted = true;
    await current.refresh();
    expect(kinds(current)).toBe('open');
  });

  it('follows the setting until a panel was opened', async () => {
    let setting = '/m/a.onnx';
    const current = currentModel({
      settled: async () => setting,
      open: async (model) => opened(model),
    });
    await current.refresh();
    expect(kinds(current)).toBe('none');
    await current.begin();
    setting = '/m/c.onnx';
    await current.refresh();
    expect(current.state()).toMatchObject({ shown: { model: '/m/c.onnx' } });
    await current.show({ model: '/m/b.onnx', image: '/p/cat.png' });
    await current.refresh();
    expect(current.state()).toMatchObject({ shown: { model: '/m/b.onnx', image: '/p/cat.png' } });
  });
});
