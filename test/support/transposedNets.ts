import { int, ints, type GraphBuilder, type TensorRef } from './graphBuilder';
import { layer, type AddNet } from './netParts';

export interface SpreadOptions {
  readonly out: number;
  readonly kernel: readonly [y: number, x: number];
  readonly stride?: readonly [y: number, x: number];
  readonly dilation?: readonly [y: number, x: number];
  readonly pads?: readonly [top: number, left: number, bottom: number, right: number];
  /** Rows and columns more than the filters cover. */
  readonly added?: readonly [y: number, x: number];
  readonly groups?: number;
}

/** A layer that is a transposed convolution; of given weights without bias. */
export function spread(g: GraphBuilder, x: TensorRef, options: SpreadOptions, given?: TensorRef): TensorRef {
  const { out, kernel, stride = [1, 1], dilation = [1, 1], added = [0, 0], groups = 1 } = options;
  const pads = options.pads ?? [0, 0, 0, 0];
  const [images, maps, ...size] = x.dims as [number, number, number, number];
  const of = `${kernel.join()} ${stride.join()} of ${x.name}`;
  const parameters = given
    ? [given]
    : [
        g.weight(`filters ${of}`, [maps, out / groups, ...kernel], { std: 0.4 }),
        g.weight(`bias ${of}`, [out], { std: 0.1 }),
      ];
  const wide = size.map((positions, axis) => {
    const extent = (kernel[axis]! - 1) * dilation[axis]! + 1;
    return (positions - 1) * stride[axis]! + extent + added[axis]! - pads[axis]! - pads[axis + 2]!;
  });
  const attributes = {
    strides: ints(...stride),
    dilations: ints(...dilation),
    pads: ints(...pads),
    output_padding: ints(...added),
    group: int(groups),
  };
  return g.node('ConvTranspose', [x, ...parameters], { attributes, dims: [images, out, ...wide] });
}

/** Layers that are transposed convolutions, as decoders have them. */
export function transposedConvolutions(net: AddNet): void {
  const nets: Readonly<Record<string, SpreadOptions>> = {
    'as wide as its filters': { out: 5, kernel: [2, 2], stride: [2, 2] },
    'overlapping and padded': { out: 3, kernel: [4, 3], stride: [2, 1], pads: [1, 0, 2, 1] },
    'with rows and columns more': {
      out: 3,
      kernel: [3, 3],
      stride: [2, 3],
      pads: [1, 1, 1, 1],
      added: [1, 2],
    },
    'with gaps between its filters': { out: 3, kernel: [2, 1], stride: [3, 2] },
    'dilated, in groups': { out: 6, kernel: [3, 2], stride: [2, 2], dilation: [2, 3], groups: 2 },
    'of stride 1': { out: 4, kernel: [3, 3], pads: [2, 2, 2, 2] },
  };
  for (const [name, options] of Object.entries(nets)) {
    net(`transposed convolution, ${name}`, (g) => {
      const x = layer(g, g.maxPool(layer(g, g.input, 6), { kernel: 3, stride: 2 }), 4);
      return layer(g, g.relu(spread(g, x, options)), 3);
    });
  }
  net('transposed convolution of the image itself', (g) =>
    layer(g, g.relu(spread(g, g.input, { out: 4, kernel: [3, 3], stride: [2, 2], pads: [1, 1, 1, 1] })), 3),
  );
}
