import type * as TfCore from '@tensorflow/tfjs-core';
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../../../core/graph/attributes';
import { cropOf, padsOf, sliceOf, splitSizes, type Cut } from '../../../core/ops/layoutParameters';
import { normalizeAxis, type Site } from '../../../core/ops/site';
import { CannotCompute, held, heldAxis, inGraph, input, perHeldAxis, type Call, type Kernel } from './call'; // prettier-ignore

/** Another shape for the same values, in the order of the graph. */
const reshaping: Kernel = (call) => {
  const { tf, node, site } = call;
  const dims = site.shapes.get(node.outputs[0]!);
  if (dims === undefined) throw new CannotCompute(`the shape that ${node.op} gives is not known`);
  return held(tf, tf.reshape(inGraph(tf, input(call, 0)), [...dims]));
};

const transpose: Kernel = (call) => {
  const { tf, node } = call;
  const x = inGraph(tf, input(call, 0));
  const order = intsAttribute(node, 'perm') ?? x.shape.map((_, i) => x.rank - 1 - i);
  return held(tf, tf.transpose(x, [...order]));
};

const concat: Kernel = (call) => {
  const { tf, node, inputs } = call;
  const parts = inputs.map((_, i) => input(call, i));
  return tf.concat(parts, heldAxis(intAttribute(node, 'axis', 1), parts[0]!.rank));
};

const split: Kernel = (call) => {
  const { tf, node, site } = call;
  const x = input(call, 0);
  const axis = intAttribute(node, 'axis', 0);
  return tf.split(x, [...splitSizes(site, normalizeAxis(axis, x.rank))], heldAxis(axis, x.rank));
};

const cutting =
  (cutsOf: (site: Site) => readonly Cut[]): Kernel =>
  (call) => {
    const { tf, site } = call;
    const cuts = perHeldAxis(cutsOf(site));
    if (cuts.some(({ step }) => step < 0)) throw new CannotCompute('it goes backwards');
    return tf.stridedSlice(
      input(call, 0),
      cuts.map(({ start }) => start),
      cuts.map(({ start, step, length }) => start + step * length),
      cuts.map(({ step }) => step),
    );
  };

const pad: Kernel = (call) => {
  const { tf, node, site, inputs } = call;
  const pads = perHeldAxis(padsOf(site)).map(([before, after]): [number, number] => [before, after]);
  const mode = stringAttribute(node, 'mode', 'constant');
  if (pads.flat().some((length) => length < 0)) throw new CannotCompute('it crops by a negative padding');
  if (mode === 'reflect') return tf.mirrorPad(input(call, 0), pads, 'reflect');
  if (mode !== 'constant') throw new CannotCompute(`its mode is ${mode}`);
  const value = inputs[2] ? inputs[2].dataSync()[0]! : floatAttribute(node, 'value', 0);
  return tf.pad(input(call, 0), pads, value);
};

const gather: Kernel = (call) => {
  const { tf, node } = call;
  const x = inGraph(tf, input(call, 0));
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), x.rank);
  const indices = inGraph(tf, input(call, 1));
  const counted = Int32Array.from(indices.dataSync(), (index) =>
    index < 0 ? index + x.shape[axis]! : index,
  );
  return held(tf, tf.gather(x, tf.tensor(counted, indices.shape, 'int32'), axis));
};

const matMul: Kernel = (call) => {
  const { tf } = call;
  return held(tf, tf.matMul(inGraph(tf, input(call, 0)), inGraph(tf, input(call, 1))));
};

const gemm: Kernel = (call) => {
  const { tf, node, inputs } = call;
  const [a, b] = [input(call, 0), input(call, 1)];
  const turned = (name: string) => intAttribute(node, name, 0) === 1;
  const product = tf.matMul(a, b, turned('transA'), turned('transB'));
  const scaled = tf.mul(product, floatAttribute(node, 'alpha', 1));
  return inputs[2] ? tf.add(scaled, tf.mul(inputs[2], floatAttribute(node, 'beta', 1))) : scaled;
};

/** Nearest neighbours as TensorFlow.js finds them: position · scale, rounded down. */
const resize: Kernel = (call) => {
  const { tf, node } = call;
  const x = input(call, 0);
  const rounded = stringAttribute(node, 'nearest_mode', 'round_prefer_floor');
  const placed = stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  const isKnown = node.op === 'Upsample' || (placed === 'asymmetric' && rounded === 'floor');
  if (stringAttribute(node, 'mode', 'nearest') !== 'nearest' || !isKnown || x.rank !== 4) {
    throw new CannotCompute('it resizes in another way than by nearest neighbours, rounded down');
  }
  return tf.image.resizeNearestNeighbor(x as TfCore.Tensor4D, spatialSize(call));
};

function spatialSize({ site, node }: Call): [number, number] {
  const [, , height, width] = site.shapes.get(node.outputs[0]!) ?? [];
  if (height === undefined || width === undefined) throw new CannotCompute('its size is not known');
  return [height, width];
}

/** Operators that move values, and matrix products, by name. */
export const moving: Readonly<Record<string, Kernel>> = {
  Reshape: reshaping,
  Flatten: reshaping,
  Squeeze: reshaping,
  Unsqueeze: reshaping,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: cutting(sliceOf),
  Crop: cutting(cropOf),
  Pad: pad,
  Gather: gather,
  MatMul: matMul,
  Gemm: gemm,
  Resize: resize,
  Upsample: resize,
};
