import { describe, expect, it } from 'vitest';
import { receptiveField } from '../../../src/core/deconvnet/receptiveField';
import { tensorOf } from '../../../src/core/deconvnet/record';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import { floatTensor, int64Vector, sizeOf, type Dims } from '../../../src/core/tensor/tensor';
import { graphBuilder, int, ints, text } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { caffeNet, vgg16 } from '../../support/paperNets';
import { projectWhole, recordGraph } from '../../support/recording';
import { spread, type SpreadOptions } from '../../support/transposedNets';
import { zfnet } from '../../support/zfnet';

type Field = readonly [name: string, size: number, stride: number];

/** Of the paper's figure 3, and of two nets whose fields are known from the literature. */
const published: readonly { net: string; graph: Graph; fields: readonly Field[] }[] = [
  {
    net: 'ZFNet',
    graph: zfnet({ width: 0.02 }),
    fields: [
      ['conv1', 7, 2],
      ['pool1', 11, 4],
      ['conv2', 27, 8],
      ['pool2', 43, 16],
      ['conv3', 75, 16],
      ['conv4', 107, 16],
      ['conv5', 139, 16],
      ['pool5', 171, 32],
    ],
  },
  {
    net: 'CaffeNet',
    graph: caffeNet(),
    fields: [
      ['conv1', 11, 4],
      ['conv5', 163, 16],
      ['pool5', 195, 32],
    ],
  },
  {
    net: 'VGG-16',
    graph: vgg16(),
    fields: [
      ['conv1_2', 5, 1],
      ['conv3_3', 40, 4],
      ['conv5_3', 196, 16],
      ['pool5', 212, 32],
    ],
  },
];

describe.each(published)('receptive fields of $net', ({ graph, fields }) => {
  const network = openNetwork(graph);
  it.each(fields)('%s sees %i pixels, every %i', (name, size, stride) => {
    const field = receptiveField(network, tensorOf(network, name));
    expect(field.size).toEqual([size, size]);
    expect(field.stride).toEqual([stride, stride]);
  });
});

it('ZFNet has the feature sizes of figure 3', () => {
  const network = openNetwork(zfnet({ width: 0.02 }));
  const names = ['conv1', 'pool1', 'conv2', 'pool2', 'conv3', 'conv4', 'conv5', 'pool5'];
  const sizes = names.map((name) => network.resolved.shapes.get(tensorOf(network, name))!.slice(2));
  expect(sizes).toEqual([110, 55, 26, 13, 13, 13, 13, 6].map((size) => [size, size]));
});

it('a fully connected unit sees the whole image', () => {
  const network = openNetwork(zfnet({ width: 0.02 }));
  const field = receptiveField(network, tensorOf(network, 'fc6'));
  expect(field.size).toEqual([224, 224]);
  expect(field.stride).toEqual([0, 0]);
  expect(field.box(0, 0)).toEqual({ top: 0, left: 0, height: 224, width: 224 });
});

const input: Dims = [1, 3, 23, 25];

/** A convolution whose weights are all positive: what a unit can see, it sees. */
function positiveConv(
  g: GraphBuilder,
  x: TensorRef,
  options: Parameters<GraphBuilder['conv']>[1],
): TensorRef {
  const y = g.conv(x, { ...options, bias: 'none' });
  const [out, channels] = [y.dims[1]!, x.dims[1]! / (options.groups ?? 1)];
  const [height, width] =
    typeof options.kernel === 'number' ? [options.kernel, options.kernel] : options.kernel;
  const name = `${y.name.replace(/_output_0$/, '')}.weight`;
  const dims = [out, channels, height, width];
  g.constant(name, floatTensor(dims, new Float32Array(sizeOf(dims)).fill(0.5)));
  return y;
}

function positiveSpread(g: GraphBuilder, x: TensorRef, options: SpreadOptions): TensorRef {
  const dims = [x.dims[1]!, options.out, ...options.kernel];
  const weights = floatTensor(dims, new Float32Array(sizeOf(dims)).fill(0.5));
  return spread(g, x, options, g.constant(`positive for ${x.name}`, weights));
}

const nets: Record<string, (g: GraphBuilder) => TensorRef> = {
  'convolutions of any geometry': (g) => {
    const x = positiveConv(g, g.input, { out: 2, kernel: [2, 5], stride: [2, 1], pad: [0, 3, 2, 1] });
    return positiveConv(g, x, { out: 2, kernel: 3, pad: 2 });
  },
  'SAME pads': (g) => {
    const x = positiveConv(g, g.input, { out: 2, kernel: 4, stride: 3, autoPad: 'SAME_UPPER' });
    return positiveConv(g, x, { out: 2, kernel: 2, autoPad: 'SAME_LOWER' });
  },
  'average pools in ceil mode': (g) => {
    const x = positiveConv(g, g.input, { out: 2, kernel: 3 });
    return g.averagePool(x, { kernel: 3, stride: 2, pad: [1, 0, 1, 0], rounding: 'ceil' });
  },
  branches: (g) => {
    const wide = positiveConv(g, g.input, { out: 2, kernel: 5, pad: 2 });
    const low = positiveConv(g, g.input, { out: 1, kernel: [1, 3], pad: [0, 1, 0, 1] });
    return g.concat([positiveConv(g, wide, { out: 2, kernel: 3, pad: 1 }), low, g.input]);
  },
  'a residual': (g) => {
    const x = positiveConv(g, g.input, { out: 3, kernel: 3, pad: 1 });
    return positiveConv(g, g.add(x, g.input), { out: 2, kernel: 3, stride: 2 });
  },
  'a crop': (g) => {
    const [starts, ends, axes] = [
      [3, 2],
      [20, 24],
      [2, 3],
    ].map((values, i) => g.constant(`s${i}`, int64Vector(values)));
    const cropped = g.node('Slice', [g.input, starts, ends, axes], { dims: [1, 3, 17, 22] });
    return positiveConv(g, cropped, { out: 2, kernel: 3 });
  },
  'a pad': (g) => {
    const pads = g.constant('pads', int64Vector([0, 0, 2, 1, 0, 0, 0, 3]));
    return positiveConv(g, g.node('Pad', [g.input, pads], { dims: [1, 3, 25, 29] }), { out: 2, kernel: 4 });
  },
  'a channel shuffle': (g) => {
    const x = positiveConv(g, g.input, { out: 4, kernel: 3, pad: 1 });
    const groups = g.transpose(g.reshape(x, [2, 2, 23 * 25]), [1, 0, 2]);
    return positiveConv(g, g.reshape(groups, [1, 4, 23, 25]), { out: 2, kernel: 3 });
  },
  'a split along maps': (g) => {
    const x = positiveConv(g, g.input, { out: 4, kernel: 3, pad: 1 });
    const half = g.node('Split', [x], {
      outputs: 2,
      dims: [1, 2, 23, 25],
      attributes: { axis: int(1), split: ints(2, 2) },
    });
    return positiveConv(g, half, { out: 2, kernel: 3 });
  },
};

/** Units near the ends, or between others, see less here than those in the middle. */
const uneven: Record<string, (g: GraphBuilder) => TensorRef> = {
  'a mirrored pad': (g) => {
    const pads = g.constant('pads', int64Vector([0, 0, 4, 2, 0, 0, 3, 1]));
    const attributes = { mode: text('reflect') };
    const padded = g.node('Pad', [g.input, pads], { attributes, dims: [1, 3, 30, 28] });
    return positiveConv(g, positiveConv(g, padded, { out: 2, kernel: 3 }), { out: 2, kernel: 2, stride: 2 });
  },
  'a pad that repeats the ends': (g) => {
    const pads = g.constant('pads', int64Vector([0, 0, 1, 2, 0, 0, 2, 0]));
    const attributes = { mode: text('edge') };
    const padded = g.node('Pad', [g.input, pads], { attributes, dims: [1, 3, 26, 27] });
    return positiveConv(g, padded, { out: 2, kernel: 3 });
  },
  'transposed convolutions': (g) => {
    const x = positiveConv(g, g.input, { out: 2, kernel: 3, stride: 2, pad: 1 });
    const y = positiveSpread(g, x, { out: 2, kernel: [3, 2], stride: [2, 2], pads: [1, 0, 0, 1] });
    const z = positiveSpread(g, y, { out: 2, kernel: [2, 3], dilation: [3, 2], stride: [1, 2] });
    return positiveConv(g, z, { out: 1, kernel: 2 });
  },
};

/** The smallest box around what is not zero. */
function seenBy(whole: Float32Array, [, channels, height, width]: Dims) {
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (let i = 0; i < channels! * height! * width!; i++) {
    if (whole[i] === 0) continue;
    rows.add(Math.floor(i / width!) % height!);
    columns.add(i % width!);
  }
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return { top, left, height: Math.max(...rows) - top + 1, width: Math.max(...columns) - left + 1 };
}

describe.each(Object.entries({ ...nets, ...uneven }))(
  'a linear net of positive weights: %s',
  (name, build) => {
    it('paints exactly the part of the receptive field that lies in the image', async () => {
      const g = graphBuilder({ input, opset: 11 });
      const output = build(g);
      const recording = await recordGraph(g.build({ outputs: [output] }), { also: [output.name] });
      const { height, width } = recording.network.resolved.grids.get(output.name)!;
      const positions = Array.from(
        { length: height * width },
        (_, i) => [Math.floor(i / width), i % width] as const,
      );
      const units = positions.map((position) => ({ map: 0, position, seed: 1 }));
      const field = receptiveField(recording.network, output.name);
      for (const { whole, visible, receptiveField: box, position } of await projectWhole(
        recording,
        output.name,
        units,
      )) {
        expect(box).toEqual(field.box(...position));
        if (!(name in uneven)) expect([box.height, box.width]).toEqual(field.size);
        expect(seenBy(whole, input), `unit at ${position.join()}`).toEqual(visible);
      }
    });
  },
);

it('the receptive field of a layer is that of units in the middle, where no end is mirrored', () => {
  const g = graphBuilder({ input, opset: 11 });
  const output = uneven['a mirrored pad']!(g);
  const { size, stride } = receptiveField(openNetwork(g.build({ outputs: [output] })), output.name);
  expect([size, stride]).toEqual([[4, 4], [2, 2]]); // prettier-ignore
});

it('the receptive field of a unit behind a gate is that of the gated maps', () => {
  const g = graphBuilder({ input });
  const x = g.conv(g.input, { out: 4, kernel: 3, pad: 1 });
  const gate = g.node('Sigmoid', [g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 })]);
  const network = openNetwork(g.build({ outputs: [g.mul(x, gate)] }));
  expect(receptiveField(network, 'mul1_output_0').size).toEqual([3, 3]);
  expect(receptiveField(network, 'mul1_output_0', 'gradient').size).toEqual([23, 25]);
});
