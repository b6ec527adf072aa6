// ZFNet for 128 x 128 pictures of 101 classes in TensorFlow.js, layer for layer the network of `zfnet.py`.
//
// TensorFlow.js keeps the channels last, and its `padding: 'same'` pads a strided layer on one side only. So the padding of one
// pixel is a layer of its own. Before a pool it may pad with zeros: nothing that comes out of a ReLU is smaller.
import * as tf from '@tensorflow/tfjs';

/** Contrast normalisation over five maps; this alpha is per map, PyTorch's and ONNX's (1e-4) for all five. */
class AcrossMaps extends tf.layers.Layer {
  static readonly className = 'AcrossMaps';

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.localResponseNormalization(x, 2, 2, 2e-5, 0.75);
  }
}
tf.serialization.registerClass(AcrossMaps);

export const model = tf.sequential({
  name: 'zfnet',
  layers: [
    tf.layers.zeroPadding2d({ padding: 1, inputShape: [128, 128, 3], name: 'pad0' }),
    tf.layers.conv2d({ filters: 48, kernelSize: 7, strides: 2, activation: 'relu', name: 'conv1' }),
    tf.layers.zeroPadding2d({ padding: 1, name: 'pad1' }),
    tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'pool1' }),
    new AcrossMaps({ name: 'norm1' }),
    tf.layers.conv2d({ filters: 128, kernelSize: 5, strides: 2, activation: 'relu', name: 'conv2' }),
    tf.layers.zeroPadding2d({ padding: 1, name: 'pad2' }),
    tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'pool2' }),
    new AcrossMaps({ name: 'norm2' }),
    tf.layers.conv2d({ filters: 192, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv3' }),
    tf.layers.conv2d({ filters: 192, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv4' }),
    tf.layers.conv2d({ filters: 128, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv5' }),
    tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'pool5' }),
    tf.layers.flatten({ name: 'flatten' }),
    tf.layers.dense({ units: 896, activation: 'relu', name: 'fc6' }),
    tf.layers.dropout({ rate: 0.5, name: 'drop6' }),
    tf.layers.dense({ units: 896, activation: 'relu', name: 'fc7' }),
    tf.layers.dropout({ rate: 0.5, name: 'drop7' }),
    tf.layers.dense({ units: 101, name: 'fc8' }),
    tf.layers.softmax({ name: 'softmax' }),
  ],
});
