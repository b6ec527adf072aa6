import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelSources } from '../../../src/host/modelChoice';
import { chooseModel, resolveModelSetting } from '../../../src/host/modelChoice';

const folder = path.resolve('/workspace');
const inFolder = (name: string) => path.join(folder, name);
const bundled = path.resolve('/extension/zfnet.onnx');
const elsewhere = path.resolve('/models/other.onnx');

/** A workspace in which everything named exists, unless it is in `missing`. */
function sources(
  changes: Partial<ModelSources> & { found?: string[]; missing?: string[] } = {},
): ModelSources {
  const { found = [], missing = [], ...rest } = changes;
  return {
    setting: '',
    folder,
    remembered: undefined,
    bundled,
    exists: async (model) => !missing.includes(model),
    mayOpen: () => true,
    findModels: async () => ({ models: found, complete: true }),
    ...rest,
  };
}

const untrusted = { mayOpen: (model: string) => !model.startsWith(folder + path.sep) };
const a = inFolder('a.onnx');
const b = inFolder('b.onnx');

describe('chooseModel', () => {
  it.each([
    ['the setting before all else', { setting: 'a.onnx', remembered: b, found: [a, b] }, a, 'setting'],
    ['the model chosen earlier', { remembered: b, found: [a, b] }, b, 'remembered'],
    ['the only model of the workspace', { found: [a] }, a, 'only'],
    ['the bundled model where the workspace has none', {}, bundled, 'bundled'],
    ['an absolute setting outside the workspace', { setting: elsewhere }, elsewhere, 'setting'],
  ] as const)('uses %s', async (_, changes, model, source) => {
    const { found, ...rest } = { found: [], ...changes };
    const choice = await chooseModel(sources({ ...rest, found: [...found] }));
    expect(choice).toEqual({ kind: 'use', model, source, passedOver: [] });
  });

  it('does not search the workspace when the choice is settled', async () => {
    const findModels = () => Promise.reject(new Error('searched'));
    await expect(chooseModel(sources({ setting: 'a.onnx', findModels }))).resolves.toMatchObject({
      model: a,
    });
    await expect(chooseModel(sources({ remembered: b, findModels }))).resolves.toMatchObject({ model: b });
  });

  it.each([
    ['several models', { found: [a, b] }, [a, b]],
    ['none and no bundled model', { bundled: undefined }, []],
  ])('asks when there are %s', async (_, changes, models) => {
    const choice = await chooseModel(sources(changes));
    expect(choice).toEqual({ kind: 'ask', found: { models, complete: true }, passedOver: [] });
  });

  it.each([[[a]], [[]]])('asks when the search stopped early at %j', async (models) => {
    const found = { models, complete: false };
    const choice = await chooseModel(sources({ findModels: async () => found }));
    expect(choice).toMatchObject({ kind: 'ask', found });
  });

  it('falls back from a setting that names no file, and says so', async () => {
    const choice = await chooseModel(
      sources({ setting: 'gone.onnx', missing: [inFolder('gone.onnx')], found: [a] }),
    );
    expect(choice).toEqual({
      kind: 'use',
      model: a,
      source: 'only',
      passedOver: [{ source: 'setting', model: inFolder('gone.onnx'), reason: 'missing' }],
    });
  });

  it('falls back from a remembered model that vanished, and says so', async () => {
    const choice = await chooseModel(sources({ remembered: b, missing: [b] }));
    expect(choice).toMatchObject({
      model: bundled,
      passedOver: [{ source: 'remembered', model: b, reason: 'missing' }],
    });
  });

  it('says that a relative setting needs a folder', async () => {
    const choice = await chooseModel(sources({ setting: 'a.onnx', folder: undefined }));
    expect(choice).toMatchObject({
      model: bundled,
      passedOver: [{ source: 'setting', model: 'a.onnx', reason: 'no-folder' }],
    });
  });

  describe('in a workspace that is not trusted', () => {
    it('uses the bundled model although the workspace has one', async () => {
      const choice = await chooseModel(sources({ ...untrusted, found: [a] }));
      expect(choice).toEqual({
        kind: 'use',
        model: bundled,
        source: 'bundled',
        passedOver: [{ source: 'workspace', model: a, reason: 'untrusted' }],
      });
    });

    it('passes over a setting and a memory that lead into the workspace', async () => {
      const setting = '${workspaceFolder}/a.onnx';
      const choice = await chooseModel(sources({ ...untrusted, setting, remembered: b }));
      expect(choice).toMatchObject({
        model: bundled,
        passedOver: [
          { source: 'setting', model: a, reason: 'untrusted' },
          { source: 'remembered', model: b, reason: 'untrusted' },
        ],
      });
    });

    it('does not even look whether a model of the workspace exists', async () => {
      const looked: string[] = [];
      const exists = async (model: string) => looked.push(model) > 0;
      await chooseModel(sources({ ...untrusted, remembered: b, exists }));
      expect(looked).toEqual([]);
    });

    it('still uses a model from elsewhere', async () => {
      const choice = await chooseModel(sources({ ...untrusted, remembered: elsewhere }));
      expect(choice).toMatchObject({ model: elsewhere, source: 'remembered' });
    });

    it('offers no model of the workspace when it asks', async () => {
      const choice = await chooseModel(sources({ ...untrusted, bundled: undefined, found: [a, b] }));
      expect(choice).toMatchObject({ kind: 'ask', found: { models: [] } });
    });
  });
});

describe('resolveModelSetting', () => {
  it.each([
    ['', ''],
    ['   ', ''],
    ['nets/a.onnx', inFolder('nets/a.onnx')],
    ['${workspaceFolder}/a.onnx', a],
    ['${workspaceFolder}/../a.onnx', path.resolve('/a.onnx')],
    [elsewhere, elsewhere],
  ])('reads %j', (setting, expected) => {
    expect(resolveModelSetting(setting, folder)).toBe(expected);
  });

  it('takes a folder name with dollar signs literally', () => {
    const odd = path.resolve('/a$&b');
    expect(resolveModelSetting('${workspaceFolder}/m.onnx', odd)).toBe(path.join(odd, 'm.onnx'));
  });

  it.each(['a.onnx', '${workspaceFolder}/a.onnx'])('needs a folder for %j', (setting) => {
    expect(resolveModelSetting(setting, undefined)).toBeUndefined();
  });

  it('needs no folder for an absolute path', () => {
    expect(resolveModelSetting(elsewhere, undefined)).toBe(elsewhere);
  });
});
