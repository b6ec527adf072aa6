import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeMismatches, mismatchSentence, withoutTold } from '../../../src/core/diagnose/codeMismatches';
import { diagnoseModel, inactiveMaps } from '../../../src/core/diagnose/diagnose';
import type { Finding } from '../../../src/core/diagnose/finding';
import { firstLayerFindings } from '../../../src/core/diagnose/firstLayerFindings';
import { weightFindings } from '../../../src/core/diagnose/weightFindings';
import { filterStatistics } from '../../../src/core/filters/statistics';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { parseSidecar } from '../../../src/core/formats/sidecar';
import type { Graph } from '../../../src/core/graph/graph';
import type { Preprocessing } from '../../../src/core/imaging/preprocessing';
import type { LayerFilters } from '../../../src/core/filters/layerFilters';
import { openNetwork } from '../../../src/core/network';
import type { SourceMatch } from '../../../src/core/source/match';
import { graphBuilder } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { filtersOf } from './filters';

const preprocessing: Preprocessing = {
  resize: 48,
  crop: [48, 48],
  channels: 'RGB',
  scale: 1,
  mean: [128, 128, 128],
  std: [1, 1, 1],
};

const codes = (findings: Iterable<Finding>) => [...findings].map(({ code }) => code);

/** A wave over a filter, the same in all three channels. */
function wave(size: number, frequency: number): Float32Array {
  const plane = size * size;
  return Float32Array.from({ length: 3 * plane }, (_, i) =>
    Math.cos(2 * Math.PI * frequency * ((i % plane) % size)),
  );
}

function firstLayer(size: number, stride: number, frequencies: readonly number[]) {
  const weights = Float32Array.from(frequencies.flatMap((frequency) => [...wave(size, frequency)]));
  return filtersOf({ dims: [frequencies.length, 3, size, size], weights, stride: [stride, stride] });
}

/** Percent of the energy of square filters at a quarter of a cycle a position and more, term by term. */
function shareOfHigh({ dims: [count, channels, size], weights }: LayerFilters): number {
  let [high, total] = [0, 0];
  for (let plane = 0; plane < count * channels; plane++) {
    for (let v = -15; v <= 16; v++) {
      for (let u = -15; u <= 16; u++) {
        let [real, imaginary] = [0, 0];
        for (let i = 0; i < size * size; i++) {
          const angle = (2 * Math.PI * (v * Math.floor(i / size) + u * (i % size))) / 32;
          real += weights[plane * size * size + i]! * Math.cos(angle);
          imaginary += weights[plane * size * size + i]! * Math.sin(angle);
        }
        const energy = real ** 2 + imaginary ** 2;
        total += energy;
        if (Math.hypot(u, v) >= 8) high += energy;
      }
    }
  }
  return Math.round((100 * high) / total);
}

describe('a first layer', () => {
  it('as of the network that the paper starts from lacks middle frequencies and aliases', () => {
    const alexNet = firstLayer(11, 4, [0, 0, 0.02, 0.05, 0.3, 0.35, 0.4, 0.45]);
    const findings = firstLayerFindings('conv1', alexNet, []);
    expect(codes(findings)).toEqual(['missing-mid-frequencies', 'aliasing-stride']);
    expect(findings[0]).toMatchObject({ fix: { argument: 'kernel', value: [7, 7] } });
    expect(findings[0]!.message).toContain('low frequencies (50 %) and high ones (50 %)');
    expect(findings[1]).toMatchObject({ fix: { argument: 'stride', value: [2, 2] } });
    expect(findings[1]!.message).toMatch(/every 4th pixel, but \d+ % /);
  });

  it('as of the paper has nothing to report', () => {
    const zfnet = firstLayer(7, 2, [0, 0, 0.1, 0.17, 0.18, 0.19, 0.2, 0.35]);
    expect(firstLayerFindings('conv1', zfnet, [])).toEqual([]);
  });

  it('that still is noise is not taken for one without middle frequencies', () => {
    const weights = gaussians(seededRandom(1), 16 * 3 * 121);
    const noise = filtersOf({ dims: [16, 3, 11, 11], weights, stride: [2, 2] });
    expect(firstLayerFindings('conv1', noise, [])).toEqual([]);
  });

  it('names what the next layer makes of the aliasing, beside noise and the layers behind it', () => {
    const first = firstLayer(11, 4, [0.17, 0.18]);
    const second = behind('conv2', [0.45, 0.1, 0.2]);
    const [finding] = firstLayerFindings('conv1', first, [
      second,
      behind('conv3', [0.1]),
      behind('fc', [0], 1),
    ]);
    const [own, other] = [second, behind('conv3', [0.1])].map(({ filters }) => shareOfHigh(filters));
    expect(finding!.message).toContain(
      ` ${own} % of the energy of conv2's filters is of high frequencies (white noise: 81 %, median of the layers behind it: ${other} %), which shows no aliasing.`,
    );
    expect(finding!.severity).toBe('information');
  });

  it('warns where the next layer has more high frequencies than noise and the layers behind it', () => {
    const first = firstLayer(11, 4, [0.17, 0.18]);
    const aliased = behind('conv2', [0.4, 0.45, 0.48]);
    const [finding] = firstLayerFindings('conv1', first, [aliased, behind('conv3', [0.1])]);
    expect(finding!.severity).toBe('warning');
    expect(finding!.message).toMatch(
      /every 4th pixel, but \d+ % .* \(white noise: 9\d %\)\. 9\d % of the energy of conv2's/,
    );
    expect(finding!.message).toContain('the artefacts that the paper saw');
  });

  it('takes a next layer of noise for no sign of aliasing', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const weights = gaussians(seededRandom(seed), 64 * 16 * 25);
      const noise = {
        ...filtersOf({ dims: [64, 16, 5, 5], weights, stride: [1, 1] }),
        over: 'maps' as const,
      };
      const [finding] = firstLayerFindings('conv1', firstLayer(11, 4, [0.17]), [
        { label: 'conv2', filters: noise },
      ]);
      expect(finding!.message).toContain('(white noise: 81 %), which shows no aliasing.');
    }
  });

  it('looks past depthwise layers and those of one position', () => {
    const depthwise = { ...behind('dw', [0.45, 0.45]).filters, groups: 2 };
    const layers = [{ label: 'dw', filters: depthwise }, behind('one', [0], 1)];
    const [finding] = firstLayerFindings('conv1', firstLayer(11, 4, [0.17]), layers);
    expect(finding!.message).toMatch(/\(white noise: 9\d %\)\.$/);
  });
});

/** A layer over three maps. */
function behind(label: string, frequencies: readonly number[], size = 5) {
  return { label, filters: { ...firstLayer(size, 1, frequencies), over: 'maps' as const } };
}

/** Two convolutions of noise, in which `spoil` may change weights. */
function spoiltNet(spoil: (weights: Float32Array, size: number) => void): Graph {
  const g = graphBuilder({ input: [1, 3, 48, 48], seed: 5 });
  const x = g.relu(g.conv(g.input, { name: 'conv1', out: 8, kernel: 7, stride: 2 }));
  const graph = g.build({ outputs: [g.conv(x, { name: 'conv2', out: 8, kernel: 3 })] });
  const second = graph.nodes.find(({ name }) => name === 'conv2')!;
  const weights = graph.constants.get(second.inputs[1]!)!.data as Float32Array;
  spoil(weights, weights.length / 8);
  return graph;
}

const diagnose = (graph: Graph) => [...diagnoseModel(openNetwork(graph), preprocessing)].flat();

describe('the weights of a model', () => {
  it('without a fault have nothing to report', () => {
    expect(diagnose(spoiltNet(() => undefined))).toEqual([]);
  });

  it('with filters of zeros have dead ones', () => {
    const findings = diagnose(spoiltNet((weights, size) => weights.fill(0, 2 * size, 4 * size)));
    expect(findings).toMatchObject([
      { code: 'dead-filters', layer: 'conv2', filters: [2, 3], severity: 'warning' },
    ]);
    expect(findings[0]!.message).toMatch(/^2 of 8 filters \(2, 3\) of conv2 are dead/);
  });

  it('with one filter of zeros say so of one', () => {
    const [finding] = diagnose(spoiltNet((weights, size) => weights.fill(0, 2 * size, 3 * size)));
    expect(finding!.message).toBe(
      "1 of 8 filters (2) of conv2 is dead: its weights are zero, or less than a thousandth of the others'.",
    );
  });

  it('with one filter far above the others have a dominating one', () => {
    const findings = diagnose(
      spoiltNet((weights, size) => {
        for (let i = 5 * size; i < 6 * size; i++) weights[i]! *= 40;
      }),
    );
    expect(findings).toMatchObject([{ code: 'dominating-filter', layer: 'conv2', filters: [5] }]);
    expect(findings[0]!.message).toMatch(
      /^Filter 5 of conv2 dominates: its RMS of .* is \d+\.\d times the median, and more than the 0.1 of the paper's rule\.$/,
    );
  });

  it('with a filter twice have a duplicate', () => {
    const findings = diagnose(spoiltNet((weights, size) => weights.copyWithin(7 * size, size, 2 * size)));
    expect(findings).toMatchObject([{ code: 'duplicate-filters', layer: 'conv2', filters: [7] }]);
    expect(findings[0]!.message).toBe('1 of 8 filters (7) of conv2 repeats another: 1 = 7.');
  });

  it('with all filters alike name the first of them', () => {
    const findings = diagnose(
      spoiltNet((weights, size) => {
        for (let filter = 1; filter < 8; filter++) weights.copyWithin(filter * size, 0, size);
      }),
    );
    expect(findings[0]!.message).toBe(
      '7 of 8 filters (1, 2, 3, 4, 5, 6, …) of conv2 repeat others: 0 = 1 = 2 = 3 = 4 = 5 = ….',
    );
  });

  it('of a fully connected layer are those of units', () => {
    const dims = [4, 16, 1, 1] as const;
    const weights = gaussians(seededRandom(3), 64).map((value) => value / 10);
    weights.fill(0, 16, 32).copyWithin(48, 0, 16);
    const filters = filtersOf({ dims, weights, kind: 'dense', over: 'vector' });
    const statistics = filterStatistics(filters, preprocessing);
    const [dead, duplicate] = weightFindings('fc', filters, statistics);
    expect(dead!.message).toMatch(/^1 of 4 units \(1\) of fc is dead/);
    expect(dead!.why).toMatch(/^A unit without weights/);
    expect(duplicate!.message).toBe('1 of 4 units (3) of fc repeats another: 0 = 3.');
    const [dominating] = weightFindings('fc', filters, { ...statistics, dead: [], dominating: [2] });
    expect(dominating!.message).toMatch(/^Unit 2 of fc dominates/);
  });

  it('of the bundled ZFNet are sound, as its README says', () => {
    const media = path.resolve(import.meta.dirname, '../../../media/zfnet');
    const { graph } = decodeOnnx(readFileSync(path.join(media, 'zfnet.onnx')), { file: 'zfnet.onnx' });
    const sidecar = parseSidecar(
      readFileSync(path.join(media, 'zfnet.switchback.json'), 'utf8'),
      'zfnet.switchback.json',
    );
    const declared = sidecar.preprocess!;
    const findings = diagnoseModel(openNetwork(graph), { ...declared, resize: 144, crop: [128, 128] });
    expect(codes([...findings].flat())).toEqual(['softmax-in-graph']);
  });
});

it('maps of rectified layers that no image activates are named', () => {
  const layers = [
    { label: 'conv1', op: 'Conv + Relu', shape: [4, 5, 5], maxima: Float32Array.of(1, 0, -2, 3) },
    { label: 'conv2', op: 'Conv + Clip', shape: [2, 5, 5], maxima: Float32Array.of(1, 2) },
    { label: 'conv3', op: 'Conv + LeakyRelu', shape: [2, 5, 5], maxima: Float32Array.of(-1, 2) },
    { label: 'fc', op: 'Gemm', shape: [2], maxima: Float32Array.of(-1, 2) },
  ];
  const findings = inactiveMaps(layers, 1);
  expect(findings).toMatchObject([
    { code: 'inactive-maps', layer: 'conv1', filters: [1, 2], severity: 'information' },
  ]);
  expect(findings[0]!.message).toBe('2 of 4 maps (1, 2) of conv1 are not active on the current image.');
  expect(inactiveMaps(layers, 3)[0]!.message).toContain('any of 3 images');
  const [one] = inactiveMaps([{ ...layers[0]!, maxima: Float32Array.of(0) }], 1);
  expect(one!.message).toBe('1 of 1 map (0) of conv1 is not active on the current image.');
  const [unit] = inactiveMaps([{ ...layers[0]!, shape: [4] }], 1);
  expect(unit).toMatchObject({
    message: '2 of 4 units (1, 2) of conv1 are not active on the current image.',
    why: expect.stringMatching(/^A unit that no picture activates/) as string,
  });
});

it('code that is not that of the model is told with both numbers, and how to follow the model', () => {
  const match = {
    layers: [
      {
        layer: 'conv1',
        traits: { kind: 'convolution' },
        mismatches: [
          { argument: 'kernel', source: [11, 11], model: [7, 7] },
          { argument: 'stride', source: [4, 4], model: [2, 2] },
        ],
      },
    ],
  } as unknown as SourceMatch;
  const findings = codeMismatches(match);
  expect(findings.map(({ fix }) => fix)).toEqual([
    { argument: 'kernel', value: [7, 7] },
    { argument: 'stride', value: [2, 2] },
  ]);
  expect(findings[0]!.message).toBe(
    'This line says kernel 11×11; the loaded model has kernel 7×7: retrain it or export it again.',
  );
  expect(mismatchSentence(match.layers[0]!)).toBe(
    'This line says kernel 11×11, stride 4×4; the loaded model has kernel 7×7, stride 2×2: retrain it or export it again.',
  );
  const told = [`${findings[1]!.message} Likewise: conv2.\nWhy it matters.`];
  expect(withoutTold(match.layers[0]!, told).mismatches.map(({ argument }) => argument)).toEqual(['kernel']);
  const dense = { ...match.layers[0]!.traits, kind: 'dense' as const };
  const mismatches = [
    { argument: 'inChannels' as const, source: [64], model: [32] },
    { argument: 'outChannels' as const, source: [1000], model: [10] },
  ];
  expect(mismatchSentence({ traits: dense, mismatches })).toBe(
    'This line says inputs 64, units 1000; the loaded model has inputs 32, units 10: retrain it or export it again.',
  );
});
