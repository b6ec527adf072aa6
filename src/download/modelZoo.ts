import type { Preprocessing } from '../core/imaging/preprocessing';

/** A file of the ONNX Model Zoo that Switchback can use, and what its sidecar has to say. */
export interface ZooModel {
  /** As its authors call the network. */
  readonly name: string;
  /** Below the address that models are downloaded from; the last part is the file's name. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly preprocess: Preprocessing;
}

/** Where the zoo's files are below, unless the user names a mirror. */
export const zooAddress = 'https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main';

/**
 * Pixels less ImageNet's mean, blue first: what Caffe's reference networks were trained on, what the zoo's page of GoogLeNet shows,
 * and what the zoo measured the accuracy of its Caffe networks and of ZFNet-512 with.
 */
const caffe: Preprocessing = {
  resize: 256,
  crop: [224, 224],
  channels: 'BGR',
  scale: 1,
  mean: [103.939, 116.779, 123.68],
  std: [1, 1, 1],
};

/** What the zoo's pages of VGG, ResNet, SqueezeNet 1.1, MobileNet and ShuffleNet v2 say: [0, 1] less mean, over deviation. */
const imageNet: Preprocessing = {
  resize: 256,
  crop: [224, 224],
  channels: 'RGB',
  scale: 1,
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
};

/**
 * The classifiers on offer, the paper's own first; all know ImageNet's 1000 classes. Left out: EfficientNet-Lite4, whose input has its
 * channels last; Inception v2 and ShuffleNet v1, for which no preprocessing was published; MNIST and DenseNet, for which the
 * published ones disagree; a second MobileNet v2.
 */
export const modelZoo: readonly ZooModel[] = [
  {
    name: 'ZFNet-512',
    path: 'validated/vision/classification/zfnet-512/model/zfnet512-12.onnx',
    bytes: 349_005_501,
    sha256: 'c975ca6a24c0a2e1584c6f82667e0ac9c06084fc7769d267f71b4a154d1f1c72',
    preprocess: caffe,
  },
  {
    name: 'AlexNet',
    path: 'validated/vision/classification/alexnet/model/bvlcalexnet-12.onnx',
    bytes: 243_863_787,
    sha256: '6b0da9510f27f234ee96a85dc3809dd210150fdefad87f6850f9788513216945',
    preprocess: caffe,
  },
  {
    name: 'CaffeNet',
    path: 'validated/vision/classification/caffenet/model/caffenet-12.onnx',
    bytes: 243_863_798,
    sha256: 'ea563e5c47d1f58e1717cf1a2d8bf288b8adc07af0ad228b622096cd243aeecb',
    preprocess: caffe,
  },
  {
    name: 'VGG-16',
    path: 'validated/vision/classification/vgg/model/vgg16-12.onnx',
    bytes: 553_437_752,
    sha256: '722c42f53ca03a5480296bf8f9c85a151de3eed9ec982d7d2302ff6e2900c67b',
    preprocess: imageNet,
  },
  {
    name: 'VGG-19',
    path: 'validated/vision/classification/vgg/model/vgg19-7.onnx',
    bytes: 574_677_321,
    sha256: '692f9f927f1df1b89033787a77a73eac59fd9b3344f9ecdf0b13221e41c2046f',
    preprocess: imageNet,
  },
  {
    name: 'GoogLeNet',
    path: 'validated/vision/classification/inception_and_googlenet/googlenet/model/googlenet-12.onnx',
    bytes: 28_021_836,
    sha256: 'c99c507058eaf41de8723408fdda7db8325cb57f0a89f2ee07a716d6e963e14e',
    preprocess: caffe,
  },
  {
    name: 'SqueezeNet 1.1',
    path: 'validated/vision/classification/squeezenet/model/squeezenet1.1-7.onnx',
    bytes: 4_956_208,
    sha256: '1eeff551a67ae8d565ca33b572fc4b66e3ef357b0eb2863bb9ff47a918cc4088',
    preprocess: imageNet,
  },
  {
    name: 'ResNet-18',
    path: 'validated/vision/classification/resnet/model/resnet18-v1-7.onnx',
    bytes: 46_820_737,
    sha256: '4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c',
    preprocess: imageNet,
  },
  {
    name: 'ResNet-50',
    path: 'validated/vision/classification/resnet/model/resnet50-v1-12.onnx',
    bytes: 102_576_593,
    sha256: '3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526',
    preprocess: imageNet,
  },
  {
    name: 'MobileNet v2',
    path: 'validated/vision/classification/mobilenet/model/mobilenetv2-12.onnx',
    bytes: 13_964_571,
    sha256: 'c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5',
    preprocess: imageNet,
  },
  {
    name: 'ShuffleNet v2',
    path: 'validated/vision/classification/shufflenet/model/shufflenet-v2-12.onnx',
    bytes: 9_218_556,
    sha256: 'ea69821b4dd374ae2f33f9710dd1229ac263d0ee5b5a46ca3521f6483e1ba035',
    preprocess: imageNet,
  },
];
