import { describe, expect, it } from 'vitest';
import type { SourceReading } from '../../../src/core/source/definition';
import { findModel, type ModelSearch } from '../../../src/host/source/findModel';
import { nearestFirst } from '../../../src/host/source/nearness';
import type { LayerSummary, ModelSummary } from '../../../src/protocol/model';
import { readSource } from '../../support/readSource';

/** Models by path: names of their layers with input and output channels, and the file that their sidecar names. */
type Fakes = Readonly<
  Record<string, { readonly layers: readonly [string, number, number][]; readonly source?: string }>
>;

function summary(path: string, { layers, source = undefined }: Fakes[string]): ModelSummary {
  const summaries = layers.map(
    ([label, inChannels, outChannels]) =>
      ({
        label,
        traits: {
          names: [label],
          kind: 'convolution',
          inChannels,
          outChannels,
          kernel: [3, 3],
          stride: [1, 1],
          dilation: [1, 1],
          padding: [0, 0],
          groups: 1,
        },
      }) as unknown as LayerSummary,
  );
  return { path, layers: summaries, source: source ?? null } as unknown as ModelSummary;
}

const code = `from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)
        self.b = nn.Conv2d(8, 16, 3)
`;

const same: Fakes[string] = { layers: [['a', 3, 8], ['b', 8, 16]] }; // prettier-ignore
const numbered: Fakes[string] = { layers: [['1', 3, 8], ['2', 8, 16]] }; // prettier-ignore
const other: Fakes[string] = { layers: [['x', 1, 2], ['y', 2, 3], ['z', 3, 4]] }; // prettier-ignore

async function found(fakes: Fakes, options: Partial<ModelSearch> = {}): Promise<string | undefined> {
  const reading: SourceReading = await readSource(code);
  const result = await findModel({
    source: '/w/net.py',
    reading,
    remembered: undefined,
    models: Object.keys(fakes),
    bundled: undefined,
    open: async (path) => (fakes[path] ? summary(path, fakes[path]) : undefined),
    ...options,
  });
  return result?.model.path;
}

describe('the model that a file defines', () => {
  it('is the one that the user named', async () => {
    expect(await found({ '/w/net.onnx': same, '/far/z.onnx': other }, { remembered: '/far/z.onnx' })).toBe(
      '/far/z.onnx',
    );
  });

  it('is the one whose sidecar names the file', async () => {
    expect(await found({ '/w/net.onnx': same, '/w/x/far.onnx': { ...other, source: '/w/net.py' } })).toBe(
      '/w/x/far.onnx',
    );
  });

  it('is one whose names match, before one whose shapes do', async () => {
    expect(await found({ '/w/net.onnx': numbered, '/w/deep/er/b.onnx': same })).toBe('/w/deep/er/b.onnx');
  });

  it('is the nearest of equals', async () => {
    expect(await found({ '/w/deep/a.onnx': same, '/w/b.onnx': same })).toBe('/w/b.onnx');
    expect(await found({ '/w/a.onnx': same, '/w/deep/net.onnx': same })).toBe('/w/deep/net.onnx');
  });

  it('is none where less than half of a model matches', async () => {
    expect(await found({ '/w/net.onnx': other })).toBeUndefined();
  });

  it('is the bundled one only where all of it agrees', async () => {
    const bundled = '/extension/zfnet.onnx';
    const open = async (path: string) => (path === bundled ? summary(path, same) : undefined);
    expect(await found({}, { bundled, open })).toBe(bundled);
    const altered = async (path: string) => summary(path, { layers: [['a', 3, 8], ['b', 8, 17]] }); // prettier-ignore
    expect(await found({}, { bundled, open: altered })).toBeUndefined();
  });

  it('is not looked for in models that cannot be opened', async () => {
    expect(await found({ '/w/a.onnx': same }, { models: ['/w/broken.onnx', '/w/a.onnx'] })).toBe('/w/a.onnx');
  });
});

describe('the models near a file', () => {
  it('are ordered by name, then by steps between folders', () => {
    const models = ['/w/a/b/x.onnx', '/w/y.onnx', '/w/a/z.onnx', '/v/net.onnx'];
    expect(nearestFirst(models, '/w/a/net.py')).toEqual([
      '/v/net.onnx',
      '/w/a/z.onnx',
      '/w/a/b/x.onnx',
      '/w/y.onnx',
    ]);
  });
});
