import { fieldsOf, isFields, listOf, nameOf, type Fields } from './json';
import { badModelDescription } from './refusals';

/** A node of a TensorFlow graph. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** Keys of the tensors it reads, `name:output`; control inputs are left out. */
  readonly inputs: readonly string[];
  readonly attributes: Fields;
}

/** The nodes of a GraphDef as its JSON spells them. */
export function parseNodes(topology: Fields): TfNode[] {
  return listOf(topology.node, 'the list of nodes').map((listed) => {
    const node = fieldsOf(listed, 'a node');
    const name = nameOf(node.name, 'the name of a node');
    const inputs = listOf(node.input ?? [], `the inputs of node "${name}"`)
      .map((input) => nameOf(input, `an input of node "${name}"`))
      .filter((input) => !input.startsWith('^'))
      .map(tensorKey);
    return {
      name,
      op: nameOf(node.op, `the operator of node "${name}"`),
      inputs,
      attributes: isFields(node.attr) ? node.attr : {},
    };
  });
}

/** `name` stands for the first output, `name:1` for the second. */
export function tensorKey(input: string): string {
  return /:\d+$/.test(input) ? input : `${input}:0`;
}

function attribute({ attributes }: TfNode, name: string): Fields {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return isFields(value) ? value : {};
}

/** Text is in base64, as JSON cannot hold bytes. */
export function textAttribute(node: TfNode, name: string): string {
  return decodeText(attribute(node, name).s, node);
}

export function textsAttribute(node: TfNode, name: string): readonly string[] {
  const { list } = attribute(node, name);
  const texts: readonly unknown[] = isFields(list) && Array.isArray(list.s) ? list.s : [];
  return texts.map((entry) => decodeText(entry, node));
}

function decodeText(value: unknown, { name }: TfNode): string {
  if (value === undefined) return '';
  if (typeof value !== 'string' || !/^[\w+/]*={0,2}$/.test(value) || value.length % 4 !== 0) {
    throw badModelDescription(`an attribute of node "${name}" is no text`);
  }
  return atob(value);
}

/** Whole numbers, which JSON has as text where they may be large. */
export function numbersAttribute(node: TfNode, name: string): readonly number[] {
  const { list } = attribute(node, name);
  const numbers: readonly unknown[] = isFields(list) && Array.isArray(list.i) ? list.i : [];
  return numbers.map((entry) => {
    const value = Number(entry);
    if (Number.isSafeInteger(value)) return value;
    throw badModelDescription(`"${name}" of node "${node.name}" holds no whole numbers`);
  });
}

export function flagAttribute(node: TfNode, name: string): boolean {
  return attribute(node, name).b === true;
}

export function numberAttribute(node: TfNode, name: string, fallback: number): number {
  const { f, i } = attribute(node, name);
  const value = Number(f ?? i ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}

/** Lengths of the axes of a placeholder, `null` where they are open; `undefined` where the model does not say. */
export function shapeAttribute(node: TfNode): readonly (number | null)[] | undefined {
  const { shape } = attribute(node, 'shape');
  if (!isFields(shape) || shape.unknownRank === true || !Array.isArray(shape.dim)) return undefined;
  return shape.dim.map((dim: unknown) => {
    const size = isFields(dim) ? Number(dim.size) : NaN;
    return Number.isSafeInteger(size) && size >= 0 ? size : null;
  });
}
