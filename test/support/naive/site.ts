import type { GraphNode } from '../../../src/core/graph/graph';
import type { Values } from './values';

export type NaiveMethod = 'deconvnet' | 'guided' | 'gradient';

/** A node with what it reads. */
export interface Site {
  readonly node: GraphNode;
  readonly opset: number;
  readonly inputs: readonly (Values | undefined)[];
  /** Per input, whether it depends on the image. */
  readonly varies: readonly boolean[];
}

/** A node on the way down. */
export interface DownSite extends Site {
  readonly method: NaiveMethod;
  readonly outputs: readonly (Values | undefined)[];
  /** The operand of a product or quotient that is made from the other one through a pool. */
  readonly gate?: 0 | 1;
  /** What arrives at each output. */
  readonly signals: readonly (Values | undefined)[];
}

export interface NaiveOperator {
  forward(site: Site): Values[];
  /** The signal for each input; none where nothing goes. */
  down(site: DownSite): (Values | undefined)[];
}

export function input(site: Site, index: number): Values {
  const values = site.inputs[index];
  if (!values) throw new Error(`${site.node.op} "${site.node.name}" has no input ${index}`);
  return values;
}

/** The signal at the first output. */
export function signal(site: DownSite): Values {
  const values = site.signals[0];
  if (!values) throw new Error(`No signal arrives at "${site.node.name}"`);
  return values;
}

export function numberOf(site: Site, name: string, otherwise: number): number {
  const attribute = site.node.attributes.get(name);
  return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : otherwise;
}

export function numbersOf(site: Site, name: string): readonly number[] | undefined {
  const attribute = site.node.attributes.get(name);
  return attribute?.kind === 'ints' || attribute?.kind === 'floats' ? attribute.value : undefined;
}

export function stringOf(site: Site, name: string, otherwise: string): string {
  const attribute = site.node.attributes.get(name);
  return attribute?.kind === 'string' ? attribute.value : otherwise;
}

/** Numbers that older operator sets have as an attribute and newer ones as an input. */
export function attributeOrInput(site: Site, name: string, index: number): readonly number[] | undefined {
  const values = site.inputs[index];
  return numbersOf(site, name) ?? (values && Array.from(values.data));
}

export function axisOf(site: Site, rank: number, otherwise: number): number {
  const axis = numberOf(site, 'axis', otherwise);
  return axis < 0 ? axis + rank : axis;
}
