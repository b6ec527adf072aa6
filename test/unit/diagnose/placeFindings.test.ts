import { describe, expect, it } from 'vitest';
import { codeMismatches } from '../../../src/core/diagnose/codeMismatches';
import type { Finding } from '../../../src/core/diagnose/finding';
import { placeFindings } from '../../../src/core/diagnose/placeFindings';
import type { LayerTraits } from '../../../src/core/graph/layerTraits';
import { matchSource } from '../../../src/core/source/matchSource';
import { readSource } from '../../support/readSource';

const code = `from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 5)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, kernel_size=(11, 11), stride=4)
        self.a = Block(8)
        self.b = Block(8)
        self.c = Block(8)
`;

function layer(label: string, inChannels: number, size: number, step = 1) {
  const traits: LayerTraits = {
    names: [`${label}.weight`],
    kind: 'convolution',
    inChannels,
    outChannels: 8,
    kernel: [size, size],
    stride: [step, step],
    dilation: [1, 1],
    padding: [0, 0],
    groups: 1,
  };
  return { label, traits };
}

const model = (blocks: readonly number[]) => [
  layer('stem', 3, 11, 4),
  ...blocks.map((size, i) => layer(`${'abc'[i]}.conv`, 8, size)),
];

const finding = (where: string, rest: Partial<Finding> = {}): Finding => ({
  code: 'dead-filters',
  severity: 'warning',
  layer: where,
  message: `1 of 8 filters of ${where} is dead.`,
  why: 'They see nothing.',
  filters: [0],
  fix: null,
  ...rest,
});

describe('findings at their lines', () => {
  it('are one for all layers that a line makes, and none for layers that no line makes', async () => {
    const match = matchSource(await readSource(code), model([5, 5, 5]));
    const findings = ['a.conv', 'b.conv', 'c.conv', 'elsewhere'].map((label) => finding(label));
    const problems = placeFindings(findings, match);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      message: '1 of 8 filters of a.conv is dead. Likewise: b.conv, c.conv.',
      range: { start: { line: 6, character: 20 } },
      fix: null,
    });
  });

  it('lead to the number that they are about', async () => {
    const match = matchSource(await readSource(code), model([5, 5, 5]));
    const [problem] = placeFindings(
      [finding('stem', { code: 'missing-mid-frequencies', fix: { argument: 'kernel', value: [7, 7] } })],
      match,
    );
    const range = { start: { line: 12, character: 48 }, end: { line: 12, character: 56 } };
    expect(problem).toMatchObject({ range, fix: { range, current: [11, 11], value: [7, 7] } });
  });

  it('are answered by code that already says what they ask for: the mismatch with the model is left', async () => {
    const edited = code.replace('stride=4', 'stride=2');
    const match = matchSource(await readSource(edited), model([5, 5, 5]));
    const problems = placeFindings(
      [
        finding('stem', { code: 'aliasing-stride', fix: { argument: 'stride', value: [2, 2] } }),
        ...codeMismatches(match),
      ],
      match,
    );
    expect(problems).toMatchObject([
      {
        code: 'code-mismatch',
        message: 'This line says stride 2×2; the loaded model has stride 4×4: retrain it or export it again.',
        fix: { argument: 'stride', value: [4, 4] },
      },
    ]);
  });

  const spelled = (rest: string) => code.replace('kernel_size=(11, 11), stride=4', rest);

  it.each([
    {
      rest: 'kernel_size=11, stride=4, padding=2',
      padding: { current: [2, 2], value: [0, 0] },
      maps: 'same',
    },
    { rest: 'kernel_size=11, padding=(3, 2)', padding: { current: [3, 2], value: [1, 0] }, maps: 'same' },
    {
      rest: 'kernel_size=11, padding=8, dilation=2',
      padding: { current: [8, 8], value: [4, 4] },
      maps: 'same',
    },
    { rest: "kernel_size=11, padding='same'", padding: null, maps: 'same' },
    { rest: "kernel_size=11, padding='valid'", padding: null, maps: 'larger' },
    { rest: 'kernel_size=11, padding=1', padding: null, maps: 'larger' },
    { rest: 'kernel_size=10, padding=2', padding: null, maps: 'larger' },
    { rest: 'kernel_size=11', padding: null, maps: 'larger' },
  ])('give a smaller kernel less padding, so that maps keep their size: $rest', async (expected) => {
    const match = matchSource(await readSource(spelled(expected.rest)), model([5, 5, 5]));
    const [problem] = placeFindings(
      [finding('stem', { code: 'missing-mid-frequencies', fix: { argument: 'kernel', value: [7, 7] } })],
      match,
    );
    const { padding, maps } = problem!.fix!;
    expect(maps).toBe(expected.maps);
    if (expected.padding) expect(padding).toMatchObject(expected.padding);
    else expect(padding).toBeNull();
  });

  it.each([
    { rest: 'kernel_size=7, padding=3', padding: { current: [3, 3], value: [2, 2] }, maps: 'same' },
    { rest: 'kernel_size=7, padding=2', padding: null, maps: 'same' },
    { rest: 'kernel_size=7', padding: null, maps: { padding: [2, 2] } },
  ])('give a kernel the padding that the model has: $rest', async ({ rest, padding, maps }) => {
    const [stem] = model([]);
    const padded = { ...stem!, traits: { ...stem!.traits, padding: [2, 2] as const } };
    const match = matchSource(await readSource(spelled(`${rest}, stride=4`)), [padded]);
    const [problem] = placeFindings(codeMismatches(match), match);
    expect(problem!.fix).toMatchObject({ value: [11, 11], maps });
    if (padding) expect(problem!.fix!.padding).toMatchObject(padding);
    else expect(problem!.fix!.padding).toBeNull();
  });

  it('say that a smaller stride makes larger maps', async () => {
    const match = matchSource(await readSource(code), model([5, 5, 5]));
    const stride = finding('stem', { code: 'aliasing-stride', fix: { argument: 'stride', value: [2, 2] } });
    expect(placeFindings([stride], match)[0]!.fix).toMatchObject({ value: [2, 2], maps: 'larger' });
  });

  it.each([
    { kernels: [3, 3, 3], fix: { value: [3, 3] } },
    { kernels: [3, 7, 3], fix: null },
  ])('have one fix where all layers of the line ask for the same: $kernels', async ({ kernels, fix }) => {
    const match = matchSource(await readSource(code), model(kernels));
    const problems = placeFindings(codeMismatches(match), match);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain('Likewise: b.conv, c.conv.');
    if (fix) expect(problems[0]!.fix).toMatchObject(fix);
    else expect(problems[0]!.fix).toBeNull();
  });
});
