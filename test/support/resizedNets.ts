import { floatTensor } from '../../src/core/tensor/tensor';
import { text } from './graphBuilder';
import { constants, layer, type AddNet } from './netParts';

/** Coordinate mode, mode, rounding, and the factors of rows and columns. */
const resamplings = [
  ['asymmetric', 'nearest', 'floor', 2, 2],
  ['half_pixel', 'nearest', 'round_prefer_floor', 1.5, 0.5],
  ['half_pixel', 'linear', 'round_prefer_floor', 2, 1.3],
  ['pytorch_half_pixel', 'linear', 'round_prefer_floor', 0.6, 3],
  ['align_corners', 'linear', 'round_prefer_ceil', 1.7, 0.4],
  ['align_corners', 'nearest', 'ceil', 2.5, 1],
] as const;

/** Nets with Resize and Upsample in all their modes. */
export function resizes(net: AddNet): void {
  for (const [coordinates, mode, nearest, tall, wide] of resamplings) {
    net(`resized by ${mode}, ${coordinates}`, (g) => {
      const x = layer(g, g.input, 3);
      const scales = g.constant('scales', floatTensor([4], Float32Array.of(1, 1, tall, wide)));
      const resized = g.node('Resize', [x, undefined, scales], {
        dims: [1, 3, Math.floor(x.dims[2]! * tall), Math.floor(x.dims[3]! * wide)],
        attributes: {
          mode: text(mode),
          coordinate_transformation_mode: text(coordinates),
          nearest_mode: text(nearest),
        },
      });
      return layer(g, resized, 3);
    });
  }
  net('resized to a size, and added as detectors do', (g) => {
    const x = layer(g, g.input, 3);
    const deep = layer(g, g.maxPool(x, { kernel: 3, stride: 2 }), 3);
    const size = constants(g, 'size', ...x.dims);
    const resized = g.node('Resize', [deep, undefined, undefined, size], {
      dims: x.dims,
      attributes: { mode: text('nearest'), coordinate_transformation_mode: text('asymmetric') },
    });
    return layer(g, g.add(x, resized), 3);
  });
  for (const [op, opset] of [
    ['Upsample', 9],
    ['Resize', 10],
  ] as const) {
    for (const mode of ['nearest', 'linear']) {
      net(
        `${op} by ${mode}`,
        (g) => {
          const x = layer(g, g.input, 3);
          const scales = g.constant('scales', floatTensor([4], Float32Array.of(1, 1, 2, 3)));
          const dims = [1, 3, x.dims[2]! * 2, x.dims[3]! * 3];
          return layer(g, g.node(op, [x, scales], { dims, attributes: { mode: text(mode) } }), 3);
        },
        { opset },
      );
    }
  }
}
