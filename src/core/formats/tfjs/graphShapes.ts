import { reshape, transpose } from './blocks';
import { asInGraph, asInModel, vector } from './builder';
import { asValue, numbersAt, refuseNode, valueAt, type NodeCall, type NodeTranslation } from './graphCall';
import { numberAttribute, numbersAttribute } from './graphDef';
import { normalizedAxis } from './json';

/** The lengths that a node is given, from the file or from the shape of a tensor. */
function lengthsAt(call: NodeCall, index: number): readonly (number | null)[] {
  const found = call.operands[index];
  return found?.kind === 'lengths' ? found.lengths : numbersAt(call, index);
}

/** Only the length of the batch is open where an input has a fixed size, and only it is asked for in practice. */
const shape: NodeTranslation = () => ({ kind: 'lengths', lengths: [null] });

/** The first element of a shape, the batch. */
const stridedSlice: NodeTranslation = (call) => {
  const { operands, node } = call;
  const [begin, end] = [numbersAt(call, 1), numbersAt(call, 2)];
  const takesFirst =
    begin.join() === '0' && end.join() === '1' && numberAttribute(node, 'shrink_axis_mask', 0) === 1;
  if (operands[0]?.kind !== 'lengths' || !takesFirst)
    refuseNode(call, 'it takes more than the length of the batch');
  return operands[0];
};

const pack: NodeTranslation = (call) => ({
  kind: 'lengths',
  lengths: call.operands.flatMap((_, i) => lengthsAt(call, i)),
});

/** The length of the batch stays as it is, which 0 stands for where it comes first. */
const reshapeNode: NodeTranslation = (call) => {
  const lengths = lengthsAt(call, 1);
  if (lengths.lastIndexOf(null) > 0)
    refuseNode(call, 'its shape has the length of the batch in another place');
  const dims = lengths.map((length) => length ?? 0);
  return asValue(reshape(call.builder, valueAt(call, 0), call.name, dims));
};

const transposeNode: NodeTranslation = (call) =>
  asValue(transpose(call.builder, valueAt(call, 0), call.name, numbersAt(call, 1)));

const squeeze: NodeTranslation = (call) => {
  const { builder, name, node } = call;
  const x = valueAt(call, 0);
  const named = numbersAttribute(node, 'squeeze_dims');
  const axes = named.length > 0 ? named : numbersAttribute(node, 'axis');
  if (axes.length === 0) refuseNode(call, 'it does not name the axes it leaves out');
  const counted = axes.map((axis) => normalizedAxis(axis, x.rank));
  const inputs = [asInModel(builder, x, name), vector(builder, `${name}/axes`, counted)];
  const squeezed = builder.node('Squeeze', inputs, { name, rank: x.rank - counted.length });
  return asValue(asInGraph(builder, squeezed, name));
};

const expandDims: NodeTranslation = (call) => {
  const { builder, name } = call;
  const x = valueAt(call, 0);
  const axes = numbersAt(call, 1).map((axis) => normalizedAxis(axis, x.rank + 1));
  const inputs = [asInModel(builder, x, name), vector(builder, `${name}/axes`, axes)];
  const expanded = builder.node('Unsqueeze', inputs, { name, rank: x.rank + axes.length });
  return asValue(asInGraph(builder, expanded, name));
};

/** Operators of TensorFlow graphs that move data or speak of shapes, by name. */
export const shapeOperators: Readonly<Record<string, NodeTranslation>> = {
  Shape: shape,
  StridedSlice: stridedSlice,
  Pack: pack,
  Reshape: reshapeNode,
  Transpose: transposeNode,
  Squeeze: squeeze,
  ExpandDims: expandDims,
};
