import type { Attribute, GraphNode } from './graph';
import type { Tensor } from '../tensor/tensor';

function read<K extends Attribute['kind']>(
  node: GraphNode,
  name: string,
  kind: K,
): Extract<Attribute, { kind: K }> | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined || attribute.kind !== kind) return undefined;
  return attribute as Extract<Attribute, { kind: K }>;
}

/** The attribute's value, `fallback` where the node leaves it out (an attribute of another kind counts as left out). */
export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  return read(node, name, 'int')?.value ?? fallback;
}

/** As `intAttribute`, for a float. */
export function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  return read(node, name, 'float')?.value ?? fallback;
}

/** As `intAttribute`, for a string. */
export function stringAttribute(node: GraphNode, name: string, fallback: string): string {
  return read(node, name, 'string')?.value ?? fallback;
}

/** A list of whole numbers, undefined where the node leaves it out. */
export function intsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  return read(node, name, 'ints')?.value;
}

/** A list of numbers, undefined where the node leaves it out. */
export function floatsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  return read(node, name, 'floats')?.value;
}

/** A tensor, undefined where the node leaves it out. */
export function tensorAttribute(node: GraphNode, name: string): Tensor | undefined {
  return read(node, name, 'tensor')?.value;
}
