import type { GraphNode } from './graph';
import type { ResolvedGraph } from './resolve';
import { sizeOf } from '../tensor/tensor';

/** What a classifier's output is made of. */
export interface Classifier {
  /** The tensor of class scores before any softmax; class units start here. */
  readonly logits: string;
  /** The softmax output, `null` where the model ends in logits. */
  readonly probabilities: string | null;
  readonly classes: number;
}

/** Operators that only rename or reshape scores on their way to the output. */
const passing = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast', 'Dropout']);

/**
 * The classifier part of a model: its first output when that is one vector of at least two scores per image.
 * Networks that end in feature maps have none.
 */
export function findClassifier(
  resolved: ResolvedGraph,
  producers: ReadonlyMap<string, GraphNode>,
): Classifier | null {
  const output = resolved.graph.outputs[0]?.name ?? '';
  const dims = resolved.shapes.get(output);
  if (dims === undefined || dims.length < 2) return null;
  const classes = dims[1]!;
  if (classes < 2 || sizeOf(dims) !== dims[0]! * classes) return null;
  let tensor = output;
  for (let node = producers.get(tensor); node !== undefined; node = producers.get(tensor)) {
    if (node.op === 'Softmax') return { logits: node.inputs[0]!, probabilities: output, classes };
    // Its output is no probability; the softmax of what it is made of is.
    if (node.op === 'LogSoftmax') return { logits: node.inputs[0]!, probabilities: null, classes };
    if (!passing.has(node.op)) break;
    tensor = node.inputs[0]!;
  }
  return { logits: output, probabilities: null, classes };
}
