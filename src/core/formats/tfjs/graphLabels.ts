import type { TfNode } from './graphDef';

/** What optimisers and exporters append to the name of a layer. */
const OPERATOR_SEGMENTS =
  /^(Conv2D|MatMul|BiasAdd|depthwise|separable_conv2d|Relu6?|Elu|Sigmoid|Tanh|Softmax|add|ReadVariableOp.*|kernel|weights|Conv2D_weights|depthwise_weights|MatMul_weights|FusedBatchNorm\w*)$/;

/** Keras' exports wrap everything in one call. */
const WRAPPERS = /^(StatefulPartitionedCall|PartitionedCall)\//;

/**
 * The name of the layer that a convolution or matrix product was: that of its weights, where they are named after it, else
 * the node's own. Optimisers give the node the name of what they fused last.
 */
export function layerName({ name }: TfNode, weight: string): string {
  const written = withoutOperators(weight.replace(WRAPPERS, ''));
  const named = written !== weight.replace(WRAPPERS, '') && written !== '';
  return named ? written : withoutOperators(name.replace(WRAPPERS, '')) || name;
}

function withoutOperators(path: string): string {
  const segments = path.split('/');
  while (segments.length > 1 && OPERATOR_SEGMENTS.test(segments.at(-1)!)) segments.pop();
  return segments.join('/');
}

/** The folders that the names of all layers share, with a trailing slash: the name of the model. */
export function sharedFolder(names: readonly string[]): string {
  const [first = '', ...others] = names;
  const folders = first.split('/').slice(0, -1);
  while (folders.length > 0) {
    const prefix = `${folders.join('/')}/`;
    if (others.every((name) => name.startsWith(prefix))) return prefix;
    folders.pop();
  }
  return '';
}
