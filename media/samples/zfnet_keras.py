"""ZFNet for 128 x 128 pictures of 101 classes in Keras, layer for layer the network of `zfnet.py`.

Keras keeps the channels last, and its `padding="same"` pads a strided layer on one side only. So the padding of one pixel
is a layer of its own. Before a pool it may pad with zeros: nothing that comes out of a ReLU is smaller.
"""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def across_maps(x):
    """Contrast normalisation over five maps; TensorFlow's alpha is per map, PyTorch's and ONNX's (1e-4) for all five."""
    return tf.nn.local_response_normalization(x, depth_radius=2, bias=2.0, alpha=2e-5, beta=0.75)


model = keras.Sequential(
    [
        keras.Input(shape=(128, 128, 3)),
        layers.ZeroPadding2D(1, name="pad0"),
        layers.Conv2D(48, 7, strides=2, activation="relu", name="conv1"),
        layers.ZeroPadding2D(1, name="pad1"),
        layers.MaxPooling2D(3, strides=2, name="pool1"),
        layers.Lambda(across_maps, name="norm1"),
        layers.Conv2D(128, 5, strides=2, activation="relu", name="conv2"),
        layers.ZeroPadding2D(1, name="pad2"),
        layers.MaxPooling2D(3, strides=2, name="pool2"),
        layers.Lambda(across_maps, name="norm2"),
        layers.Conv2D(192, 3, padding="same", activation="relu", name="conv3"),
        layers.Conv2D(192, 3, padding="same", activation="relu", name="conv4"),
        layers.Conv2D(128, 3, padding="same", activation="relu", name="conv5"),
        layers.MaxPooling2D(3, strides=2, name="pool5"),
        layers.Flatten(name="flatten"),
        layers.Dense(896, activation="relu", name="fc6"),
        layers.Dropout(0.5, name="drop6"),
        layers.Dense(896, activation="relu", name="fc7"),
        layers.Dropout(0.5, name="drop7"),
        layers.Dense(101, name="fc8"),
        layers.Softmax(name="softmax"),
    ]
)
