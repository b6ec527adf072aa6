import { floatTensor, sizeOf } from '../../src/core/tensor/tensor';
import { float, floats, ints, int, type GraphBuilder, type TensorRef } from './graphBuilder';
import { layer, type AddNet } from './netParts';

/** Batch, instance and layer norm, contrast normalisation, and what scales a picture. */
export function normalised(net: AddNet): void {
  normalisations(net);
  ofCoreML(net);
  layerNorms(net);
}

function normalisations(net: AddNet): void {
  net('contrast normalisation', (g) => layer(g, g.lrn(layer(g, g.input, 8), { alpha: 0.5, bias: 1 }), 3));
  net('batch norm', (g) => g.relu(g.batchNorm(g.conv(layer(g, g.input, 4), { out: 4, kernel: 3, pad: 1 }))));
  const instanceNorm = (g: GraphBuilder, x: TensorRef, name: string, epsilon: number) => {
    const maps = x.dims[1]!;
    const parameters = [
      g.weight(`${name}.weight`, [maps], { mean: 1, std: 0.2 }),
      g.weight(`${name}.bias`, [maps]),
    ];
    return g.node('InstanceNormalization', [x, ...parameters], { attributes: { epsilon: float(epsilon) } });
  };
  net('instance norm', (g) => {
    const x = g.relu(instanceNorm(g, g.conv(g.input, { out: 4, kernel: 3 }), 'first', 1e-5));
    return layer(g, g.relu(instanceNorm(g, layer(g, x, 5), 'second', 0.1)), 3);
  });
  net('instance norm of groups of maps', (g) => {
    const x = g.conv(g.input, { out: 6, kernel: 3 });
    const groups = instanceNorm(g, g.reshape(x, [1, 2, sizeOf(x.dims) / 2]), 'groups', 1e-5);
    return layer(g, g.relu(g.mul(g.reshape(groups, x.dims), g.weight('gamma', [6, 1, 1], { mean: 1 }))), 3);
  });
  net('batch norm before the convolution', (g) => layer(g, g.relu(g.batchNorm(g.input)), 4));
  net(
    'batch norm spelled out',
    (g) => {
      const x = g.conv(g.input, { out: 4, kernel: 3 });
      const spread = (name: string) =>
        g.node('Unsqueeze', [g.weight(name, [4], { mean: 1 })], {
          dims: [4, 1, 1],
          attributes: { axes: ints(1, 2) },
        });
      return layer(g, g.relu(g.add(g.mul(x, spread('gamma')), spread('beta'))), 3);
    },
    { opset: 9 },
  );
  net('batch norm of rows', (g) => {
    const x = layer(g, g.input, 4);
    const [, , height, width] = x.dims as [number, number, number, number];
    const rows = g.relu(g.batchNorm(g.reshape(x, [1, 4 * height, width])));
    return layer(g, g.reshape(rows, x.dims), 3);
  });
  net('batch norm of a vector', (g) =>
    g.relu(g.batchNorm(g.gemm(g.flatten(layer(g, g.input, 4)), { out: 5 }))),
  );
  net('scaling by constants', (g) => {
    let x: TensorRef = g.sub(g.input, g.weight('mean', [1, 3, 1, 1]));
    x = g.div(x, g.weight('std', [3, 1, 1], { mean: 2, std: 0.1 }));
    x = g.mul(g.constant('half', floatTensor([], Float32Array.of(0.5))), layer(g, x, 4));
    return layer(g, g.sub(g.weight('plane', [x.dims[2]!, x.dims[3]!]), x), 3);
  });
}

/** As early exports of Core ML models have them. */
function ofCoreML(net: AddNet): void {
  const scaled = (g: GraphBuilder, x: TensorRef) =>
    g.node('ImageScaler', [x], { attributes: { scale: float(0.5), bias: floats(-1, 0.5, 2) } });
  net('a picture that the model scales', (g) => layer(g, layer(g, scaled(g, g.input), 4), 3), { opset: 7 });
  net(
    'crops by a frame and to a size',
    (g) => {
      const x = layer(g, g.input, 4);
      const [images, maps, height, width] = x.dims as [number, number, number, number];
      const framed = g.node('Crop', [x], {
        attributes: { border: ints(2, 1, 3, 2) },
        dims: [images, maps, height - 3, width - 5],
      });
      const sized = g.node('Crop', [layer(g, framed, 5)], {
        attributes: { border: ints(1, 3, 0, 0), scale: ints(6, 5) },
        dims: [images, 5, 6, 5],
      });
      return layer(g, sized, 3);
    },
    { opset: 7 },
  );
}

function layerNorms(net: AddNet): void {
  const norm = (g: GraphBuilder, x: TensorRef, name: string) => {
    const maps = x.dims.at(-1)!;
    const parameters = [
      g.weight(`${name}.weight`, [maps], { mean: 1, std: 0.2 }),
      g.weight(`${name}.bias`, [maps]),
    ];
    return g.node('LayerNormalization', [x, ...parameters], { attributes: { axis: int(-1) } });
  };
  net('a block of ConvNeXt', (g) => {
    const x = g.conv(g.input, { out: 4, kernel: 4, stride: 2 });
    const y = g.transpose(g.conv(x, { out: 4, kernel: 5, pad: 2, groups: 4 }), [0, 2, 3, 1]);
    const wide = g.relu(g.add(g.weight('b1', [6]), g.matMul(norm(g, y, 'norm'), { out: 6 })));
    const narrow = g.add(g.matMul(wide, { out: 4 }), g.weight('b2', [4]));
    const scaled = g.mul(g.weight('scale', [4, 1, 1], { mean: 1 }), g.transpose(narrow, [0, 3, 1, 2]));
    return layer(g, g.add(scaled, x), 3);
  });
  net('arithmetic between maps that are kept last', (g) => {
    const x = g.transpose(layer(g, g.input, 4), [0, 2, 3, 1]);
    const half = g.mul(x, g.constant('half', floatTensor([], Float32Array.of(0.5))));
    const sum = g.sub(g.div(g.leakyRelu(x), g.weight('d', [4], { mean: 3, std: 0.2 })), g.add(half, x));
    const rows = g.averagePool(sum, { kernel: [3, 2] });
    return g.concat([layer(g, rows, 2), layer(g, g.averagePool(g.dropout(x), { kernel: [3, 2] }), 2)]);
  });
  net('layer norm of a vector', (g) => {
    const x = g.gemm(g.flatten(layer(g, g.input, 4)), { out: 5 });
    return g.gemm(g.relu(norm(g, x, 'norm')), { out: 3 });
  });
}
