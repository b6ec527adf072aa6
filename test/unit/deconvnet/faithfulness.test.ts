import { describe, expect, it } from 'vitest';
import { faithfulness, type Faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { UserError } from '../../../src/core/errors';
import { openNetwork } from '../../../src/core/network';
import { graphBuilder, int, ints } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { projectWhole, recordGraph } from '../../support/recording';
import { smallNet } from '../../support/smallNet';

const layer = (g: GraphBuilder, x: TensorRef, name: string) =>
  g.relu(g.conv(x, { name, out: 4, kernel: 3, pad: 1 }));

interface Case {
  readonly build: (g: GraphBuilder) => TensorRef;
  readonly status: Faithfulness['status'];
  /** Operators that are not exact, those that refuse first, with a word of the reason. */
  readonly nodes: readonly (readonly [op: string, word: RegExp])[];
}

const cases: Record<string, Case> = {
  'what the paper has': {
    build: (g) => g.lrn(g.maxPool(layer(g, g.input, 'first'), { kernel: 3, stride: 2 })),
    status: 'exact',
    nodes: [],
  },
  'linear operators around it': {
    build: (g) =>
      g.averagePool(g.add(g.batchNorm(layer(g, g.input, 'first')), g.weight('b', [4, 1, 1])), { kernel: 2 }),
    status: 'exact',
    nodes: [],
  },
  'another rectifier': {
    build: (g) => g.leakyRelu(g.clip(g.conv(g.input, { out: 4, kernel: 3 }))),
    status: 'approximate',
    nodes: [
      ['LeakyRelu', /rectified/],
      ['Clip', /rectified/],
    ],
  },
  'a Clip that rectifies nothing': {
    build: (g) => layer(g, g.clip(g.conv(g.input, { out: 4, kernel: 3 }), { min: -1, max: 1 }), 'second'),
    status: 'refused',
    nodes: [['Clip', /from -1/]],
  },
  'a squashing activation': {
    build: (g) => g.node('Tanh', [g.conv(g.input, { out: 4, kernel: 3 })]),
    status: 'approximate',
    nodes: [['Tanh', /squashes/]],
  },
  'a gate, but not what makes the gate': {
    build: (g) => {
      const x = layer(g, g.input, 'first');
      const strange = g.node('Softsign', [g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 })]);
      return g.mul(x, strange);
    },
    status: 'approximate',
    nodes: [['Mul', /gate/]],
  },
  'an operator without a rule': {
    build: (g) => g.leakyRelu(layer(g, g.node('Softsign', [layer(g, g.input, 'first')]), 'second')),
    status: 'refused',
    nodes: [
      ['Softsign', /no rule/],
      ['LeakyRelu', /rectified/],
    ],
  },
  'an operator of another domain': {
    build: (g) =>
      layer(g, g.node('FusedConv', [layer(g, g.input, 'first')], { domain: 'com.example' }), 'second'),
    status: 'refused',
    nodes: [
      ['Relu', /size/],
      ['Conv', /size/],
      ['FusedConv', /no rule/],
    ],
  },
  'a max pool whose switches the model reads column by column': {
    build: (g) =>
      g.node('MaxPool', [layer(g, g.input, 'first')], {
        outputs: 2,
        attributes: { kernel_shape: ints(1, 1), storage_order: int(1) },
      }),
    status: 'refused',
    nodes: [['MaxPool', /column by column/]],
  },
  'a softmax': {
    build: (g) => g.softmax(layer(g, g.input, 'first')),
    status: 'refused',
    nodes: [['Softmax', /scores/]],
  },
  'a product of two maps': {
    build: (g) => g.mul(layer(g, g.input, 'first'), layer(g, g.input, 'second')),
    status: 'refused',
    nodes: [['Mul', /neither/]],
  },
  'a division by an activation': {
    build: (g) => g.div(g.weight('one', [1]), layer(g, g.input, 'first')),
    status: 'refused',
    nodes: [['Div', /divides/]],
  },
  'a product of matrices, as in attention': {
    build: (g) => {
      const x = g.reshape(layer(g, g.input, 'first'), [1, 4, 100]);
      return g.node('MatMul', [x, g.transpose(x, [0, 2, 1])], { dims: [1, 4, 4] });
    },
    status: 'refused',
    nodes: [['MatMul', /attention/]],
  },
  'filters made from the image': {
    build: (g) => {
      const filters = g.reshape(g.averagePool(layer(g, g.input, 'first'), { kernel: 10 }), [4, 1, 1, 1]);
      const x = g.averagePool(g.input, { kernel: 1 });
      const first = g.node(
        'Gather',
        [x, g.constant('zero', { type: 'int64', dims: [1], data: BigInt64Array.of(0n) })],
        {
          dims: [1, 1, 10, 10],
          attributes: { axis: { kind: 'int', value: 1 } },
        },
      );
      return g.node('Conv', [first, filters], { dims: [1, 4, 10, 10] });
    },
    status: 'refused',
    nodes: [['Conv', /filters/]],
  },
  'an activation in the place of a bias': {
    build: (g) => {
      const x = g.flatten(layer(g, g.input, 'first'));
      const bias = g.gemm(x, { out: 5 });
      return g.node('Gemm', [x, g.weight('w', [400, 5]), bias], { dims: [1, 5] });
    },
    status: 'refused',
    nodes: [['Gemm', /depends on the image/]],
  },
};

describe.each(Object.entries(cases))('the way through %s', (_name, { build, status, nodes }) => {
  const g = graphBuilder({ input: [1, 3, 10, 10] });
  const output = build(g);
  const graph = g.build({ outputs: [output] });
  const network = openNetwork(graph);

  it(`is ${status}, and says where and why`, () => {
    const judged = faithfulness(network, output.name);
    expect(judged.status).toBe(status);
    expect(judged.nodes.map(({ op }) => op)).toEqual(nodes.map(([op]) => op));
    judged.nodes.forEach(({ node, reason }, i) => {
      expect(graph.nodes.map(({ name }) => name)).toContain(node);
      expect(reason).toMatch(nodes[i]![1]);
    });
  });

  it('is not walked where it is refused', async () => {
    if (status !== 'refused' || graph.domains.size > 0) return;
    const recording = await recordGraph(graph, { also: [output.name] });
    const { node, op } = faithfulness(network, output.name).nodes[0]!;
    const error: unknown = await projectWhole(recording, output.name, [{ map: 0, seed: 1 }]).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'refused-path' });
    expect((error as UserError).message).toContain(node);
    expect((error as UserError).message).toContain(op);
  });
});

describe('an operator without a rule', () => {
  const g = graphBuilder({ input: [1, 3, 10, 10] });
  const before = layer(g, g.input, 'first');
  const aside = layer(g, before, 'second');
  const strange = layer(g, g.node('Softsign', [before]), 'third');
  const graph = g.build({ outputs: [g.concat([aside, strange])] });

  it('matters to the layers behind it only', async () => {
    const recording = await recordGraph(graph);
    const { layers } = recording.network;
    expect(
      layers.map(({ label, tensor }) => [label, faithfulness(recording.network, tensor).status]),
    ).toEqual([
      ['first', 'exact'],
      ['second', 'exact'],
      ['third', 'refused'],
    ]);
    const [projection] = await projectWhole(recording, layers[1]!.tensor, [{ map: 0, seed: 1 }]);
    expect(projection!.whole.some((value) => value !== 0)).toBe(true);
  });
});

it('contrast normalisation is exact by every method', () => {
  const network = openNetwork(smallNet());
  const { tensor } = network.layers.find(({ label }) => label === 'conv3')!;
  for (const method of ['deconvnet', 'guided', 'gradient'] as const) {
    expect(faithfulness(network, tensor, method)).toEqual({ status: 'exact', nodes: [] });
  }
});
