import type { onnx } from 'onnx-proto';
import { isHalf } from './elementTypes';
import { toNumber } from './proto';

/** The bodies of If, Loop and Scan. */
export function subgraphsOf(node: onnx.INodeProto): onnx.IGraphProto[] {
  const bodies: onnx.IGraphProto[] = [];
  for (const { g, graphs } of node.attribute ?? []) {
    if (g) bodies.push(g);
    if (graphs?.length) bodies.push(...graphs);
  }
  return bodies;
}

/** Tensors of the surrounding graph that the bodies of this node read without listing them as inputs. */
export function capturedTensors(node: onnx.INodeProto): string[] {
  return [...new Set(subgraphsOf(node).flatMap(freeTensors))];
}

function freeTensors(graph: onnx.IGraphProto): string[] {
  const own = new Set<string>();
  for (const { name } of [...(graph.input ?? []), ...(graph.initializer ?? [])]) own.add(name ?? '');
  for (const { values } of graph.sparseInitializer ?? []) own.add(values?.name ?? '');
  for (const node of graph.node ?? []) for (const output of node.output ?? []) own.add(output);
  const used = (graph.node ?? []).flatMap((node) => [...(node.input ?? []), ...capturedTensors(node)]);
  const returned = (graph.output ?? []).map(({ name }) => name ?? '');
  return [...used, ...returned].filter((name) => name !== '' && !own.has(name));
}

/** Whether a body of this node holds half-precision values, which widening the surrounding graph would not reach. */
export function subgraphUsesHalf(node: onnx.INodeProto): boolean {
  return subgraphsOf(node).some(
    (graph) =>
      (graph.initializer ?? []).some(isHalfTensor) ||
      (graph.node ?? []).some(
        (inner) => (inner.attribute ?? []).some(isHalfAttribute) || subgraphUsesHalf(inner),
      ),
  );
}

function isHalfAttribute({ name, t, i }: onnx.IAttributeProto): boolean {
  return isHalfTensor(t) || ((name === 'to' || name === 'dtype') && isHalf(toNumber(i)));
}

function isHalfTensor(tensor: onnx.ITensorProto | null | undefined): boolean {
  return isHalf(tensor?.dataType ?? 0);
}
