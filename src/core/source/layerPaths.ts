/** Endings of the names of weights: PyTorch's, Keras' and TensorFlow.js', Caffe's. */
const weight = /[./_](weight|kernel|depthwise_kernel|W|w)(_?0|:0)?(_quant(ized)?)?$/;

/** What exporters put behind the name of a layer. */
const operators =
  /\/(Conv|ConvTranspose|Gemm|MatMul|Conv2D|Conv1D|BiasAdd|depthwise|convolution|ReadVariableOp)(_\d+)?$/;

/**
 * The dotted path that a name in a model's file stands for: `layer1.0.conv2` of the weight `layer1.0.conv2.weight`, `model.conv2` of
 * the node `/model/conv2/Conv2D`. `undefined` where the name only numbers: `Conv_12`, `onnx::Conv_153`, `45`.
 */
export function layerPath(name: string): string | undefined {
  let stripped = name.replace(/ \(\d+\)$/, '').replace(operators, '');
  stripped = stripped.replace(operators, '').replace(weight, '');
  if (stripped === name && /^\d+$/.test(name)) return undefined;
  if (/^(onnx::|node_)?(Conv|ConvTranspose|Gemm|MatMul|conv2d|linear)(_\d+)?$/.test(stripped))
    return undefined;
  return (
    stripped
      .split('/')
      .filter((segment) => segment !== '')
      .join('.') || undefined
  );
}

/** Whether one of two paths is the other with more in front, as wrappers and exporters add it. */
export function endsAlike(a: string, b: string): boolean {
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  // A number alone says as little as none.
  return long.endsWith(`.${short}`) && !/^\d+$/.test(short);
}
