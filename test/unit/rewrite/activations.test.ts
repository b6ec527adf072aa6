import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { openNetwork } from '../../../src/core/network';
import { floatTensor } from '../../../src/core/tensor/tensor';
import { precision, recordTwins } from '../../support/againstNaive';
import { float, graphBuilder, type GraphBuilder, type TensorRef } from '../../support/graphBuilder';
import { naiveProjection } from '../../support/naiveNet';
import { projectWhole, relativeDifference } from '../../support/recording';

type Spell = (g: GraphBuilder, x: TensorRef) => TensorRef;

const scalar = (g: GraphBuilder, name: string, value: number): TensorRef =>
  g.constant(name, floatTensor([], Float32Array.of(value)));

const clipped: Spell = (g, x) => g.clip(g.add(x, scalar(g, 'three', 3)), { min: 0, max: 6 });

const normal: Spell = (g, x) =>
  g.add(g.node('Erf', [g.div(x, scalar(g, 'root', Math.SQRT2))]), scalar(g, 'one', 1));

interface Spelling {
  readonly name: string;
  readonly op: string;
  readonly spell: Spell;
  /** What the naive network, which rectifies at the product, divides by afterwards. */
  readonly factor?: number;
}

const spellings: readonly Spelling[] = [
  { name: 'x * Sigmoid(x)', op: 'Swish', spell: (g, x) => g.mul(x, g.node('Sigmoid', [x])) },
  { name: 'Sigmoid(x) * x', op: 'Swish', spell: (g, x) => g.mul(g.node('Sigmoid', [x]), x) },
  {
    name: 'x * Clip(x + 3, 0, 6) / 6',
    op: 'HardSwish',
    spell: (g, x) => g.div(g.mul(x, clipped(g, x)), scalar(g, 'six', 6)),
    factor: 6,
  },
  {
    name: 'x * (Clip(x + 3, 0, 6) / 6)',
    op: 'HardSwish',
    spell: (g, x) => g.mul(x, g.div(clipped(g, x), scalar(g, 'six', 6))),
  },
  {
    name: 'x * Clip(3 + x, 0, 6) * (1 / 6)',
    op: 'HardSwish',
    spell: (g, x) => {
      const sum = g.add(scalar(g, 'three', 3), x);
      return g.mul(scalar(g, 'sixth', 1 / 6), g.mul(x, g.clip(sum, { min: 0, max: 6 })));
    },
    factor: 6,
  },
  {
    name: 'x * HardSigmoid(x)',
    op: 'HardSwish',
    spell: (g, x) =>
      g.mul(x, g.node('HardSigmoid', [x], { attributes: { alpha: float(1 / 6), beta: float(0.5) } })),
  },
  {
    name: 'x * Clip(x / 6 + 0.5, 0, 1)',
    op: 'HardSwish',
    spell: (g, x) => {
      const sum = g.add(g.div(x, scalar(g, 'six', 6)), scalar(g, 'half', 0.5));
      return g.mul(g.clip(sum, { min: 0, max: 1 }), x);
    },
  },
  {
    name: 'x * Sigmoid(1.702 x)',
    op: 'Swish',
    spell: (g, x) => g.mul(x, g.node('Sigmoid', [g.mul(scalar(g, 'slope', 1.702), x)])),
  },
  {
    name: 'x * (1 + Erf(x / sqrt 2)) * 0.5',
    op: 'Gelu',
    spell: (g, x) => g.mul(g.mul(x, normal(g, x)), scalar(g, 'half', 0.5)),
    factor: 2,
  },
  {
    name: 'x * (0.5 * (Erf(x / sqrt 2) + 1))',
    op: 'Gelu',
    spell: (g, x) => g.mul(x, g.mul(scalar(g, 'half', 0.5), normal(g, x))),
  },
  {
    name: 'x * Tanh(Softplus(x))',
    op: 'Mish',
    spell: (g, x) => g.mul(x, g.node('Tanh', [g.node('Softplus', [x])])),
  },
];

function twoLayers(spell: Spell) {
  const g = graphBuilder({ input: [1, 3, 12, 12], seed: 4 });
  const first = spell(g, g.conv(g.input, { name: 'conv1', out: 6, kernel: 3, stride: 2 }));
  const second = g.relu(g.conv(first, { name: 'conv2', out: 4, kernel: 3 }));
  return { graph: g.build({ outputs: [second] }), tensor: second.name };
}

const units = [0, 1, 2, 3].map((map) => ({ map }));

describe.each(spellings)('$name', ({ op, spell, factor = 1 }) => {
  it(`is shown as ${op}, the last part of its layer`, () => {
    const network = openNetwork(twoLayers(spell).graph);
    expect(network.layers.map((layer) => layer.op)).toEqual([`Conv + ${op}`, 'Conv + Relu']);
    const { status, nodes } = faithfulness(network, network.layers[1]!.tensor);
    expect(status).toBe('approximate');
    expect(nodes.map((node) => node.op)).toEqual([op]);
  });

  it.each(['deconvnet', 'gradient'] as const)(
    'goes down as the naive network says under %s',
    async (method) => {
      const { graph, tensor } = twoLayers(spell);
      const { recording, naive } = await recordTwins(graph, { seed: 9 });
      const pictures = await projectWhole(recording, tensor, units, { method });
      expect(pictures.filter(({ status }) => status === 'ok').length).toBeGreaterThan(1);
      const grid = recording.network.resolved.grids.get(tensor)!;
      for (const { map, position, whole, status } of pictures) {
        if (status === 'inactive') continue;
        const element = (map * grid.height + position[0]) * grid.width + position[1];
        const { data } = naiveProjection(naive, { tensor, element, method });
        const scale = method === 'deconvnet' ? factor : 1;
        expect(
          relativeDifference(
            whole,
            data.map((value) => value * scale),
          ),
        ).toBeLessThan(precision);
      }
    },
  );
});

describe('what only looks like an activation', () => {
  it.each<{ name: string; spell: Spell }>([
    {
      name: 'a gate of another tensor',
      spell: (g, x) =>
        g.mul(x, g.node('Sigmoid', [g.conv(g.input, { name: 'other', out: 6, kernel: 3, stride: 2 })])),
    },
    { name: 'another bound', spell: (g, x) => g.mul(x, g.clip(x, { min: 0, max: 6 })) },
  ])('$name stays a product', ({ spell }) => {
    const network = openNetwork(twoLayers(spell).graph);
    expect(network.resolved.nodes.map(({ op }) => op)).toContain('Mul');
  });

  it('keeps what others read', () => {
    const g = graphBuilder({ input: [1, 3, 12, 12] });
    const x = g.conv(g.input, { name: 'conv1', out: 4, kernel: 3 });
    const gate = g.node('Sigmoid', [x]);
    const sum = g.add(g.mul(x, gate), gate);
    const network = openNetwork(g.build({ outputs: [sum] }));
    expect(network.resolved.nodes.map(({ op }) => op).sort()).toEqual(['Add', 'Conv', 'Sigmoid', 'Swish']);
  });
});
