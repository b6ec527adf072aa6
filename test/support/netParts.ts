import { int64Vector } from '../../src/core/tensor/tensor';
import type { GraphBuilder, GraphBuilderOptions, TensorRef } from './graphBuilder';

export type Build = (g: GraphBuilder) => TensorRef;
export type NetOptions = Partial<GraphBuilderOptions>;

/** Adds a small net to a list. */
export type AddNet = (name: string, build: Build, options?: NetOptions) => void;

/** Conv and Relu, as in every layer of the paper. */
export function layer(g: GraphBuilder, x: TensorRef, out: number, kernel = 3, pad = 1): TensorRef {
  return g.relu(g.conv(x, { out, kernel, pad }));
}

export const constants = (g: GraphBuilder, name: string, ...values: number[]): TensorRef =>
  g.constant(name, int64Vector(values));
