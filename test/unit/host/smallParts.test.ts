import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSidecar, sidecarPath } from '../../../src/core/formats/sidecar';
import { formatBytes } from '../../../src/host/formatBytes';
import type { KeyValueStore } from '../../../src/host/modelMemory';
import { modelMemory } from '../../../src/host/modelMemory';
import { hasExtension, imageExtensions } from '../../../src/host/names';
import { sidecarText } from '../../../src/core/formats/sidecarText';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [4_952_462, '5.0 MB'],
  [28_020_592, '28 MB'],
  [999_600, '1.0 MB'],
  [9_960_000, '10 MB'],
  [2 ** 31, '2.1 GB'],
])('shows %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  ['/a/cat.png', true],
  ['/a/CAT.JPeG', true],
  ['/a.png/cat', false],
  ['/a/png', false],
  ['/a/cat.png.txt', false],
  ['/a/.tiff', true],
])('says of %s whether it has an image’s name', (file, expected) => {
  expect(hasExtension(file, imageExtensions)).toBe(expected);
});

describe('modelMemory', () => {
  function store(initial?: unknown): KeyValueStore {
    const values = new Map<string, unknown>(initial === undefined ? [] : [['chosenModels', initial]]);
    return {
      get: (key) => values.get(key),
      update: async (key, value) => void values.set(key, value),
    };
  }

  it('remembers a model for each folder', async () => {
    const memory = modelMemory(store(), '/x/zfnet.onnx');
    await memory.remember('file:///a', '/a/one.onnx');
    await memory.remember('file:///b', '/b/two.onnx');
    await memory.remember('file:///a', '/a/three.onnx');
    expect(['file:///a', 'file:///b', ''].map(memory.recall)).toEqual([
      '/a/three.onnx',
      '/b/two.onnx',
      undefined,
    ]);
  });

  it('finds the bundled model again after an update has moved it', async () => {
    const kept = store();
    await modelMemory(kept, '/v1/zfnet.onnx').remember('', '/v1/zfnet.onnx');
    expect(modelMemory(kept, '/v2/zfnet.onnx').recall('')).toBe('/v2/zfnet.onnx');
  });

  it.each([null, 'x', 3, { 'file:///a': 7 }])('forgets what it cannot read: %j', (stored) => {
    expect(modelMemory(store(stored), '/x/zfnet.onnx').recall('file:///a')).toBeUndefined();
  });
});

describe('sidecars', () => {
  it.each([
    ['model.onnx', 'model.switchback.json'],
    ['squeezenet1.1.onnx', 'squeezenet1.1.switchback.json'],
    ['v1.5/model', 'v1.5/model.switchback.json'],
    ['v1.5/.onnx', 'v1.5/.onnx.switchback.json'],
    ['model.', 'model.switchback.json'],
  ])('%s has %s beside it', (model, sidecar) => {
    expect(sidecarPath(path.join('/m', model))).toBe(path.join('/m', sidecar));
  });

  it('are written so that they read back as the same preprocessing', () => {
    const preprocessing = {
      resize: 256,
      crop: [224, 192],
      channels: 'BGR',
      scale: 1 / 255,
      mean: [0.1, 104, -3],
      std: [1, 0.225, 2.5],
    } as const;
    const { preprocess, warnings } = parseSidecar(sidecarText(preprocessing), 'model.switchback.json');
    expect(preprocess).toEqual(preprocessing);
    expect(warnings).toEqual([]);
  });
});
