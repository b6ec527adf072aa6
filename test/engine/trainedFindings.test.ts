import { describe, expect, it } from 'vitest';
import { context, hasShared, newService, shared } from './support';

/** What trained weights bear out: filters of zeros, also behind batch norm, and pairs of a cosine of 0.99 and more. */
const judged: readonly (readonly [string, readonly string[]])[] = [
  ['candy-style-transfer.onnx', []],
  ['darknet-tiny.onnx', []],
  ['googlenet.onnx', []],
  ['mini-xception-fer2013.onnx', ['dead-filters conv2d_1 0,5']],
  ['mnist-lenet.onnx', []],
  [
    'mobilenetv1-0.25-128.onnx',
    ['duplicate-filters MobilenetV1/MobilenetV1/Conv2d_2_pointwise/Relu6/conv 29'],
  ],
  ['mobilenetv3-se-ppocr-cls.onnx', []],
  ['pytorch-cifar10.onnx', []],
  ['resnet8-cifar10.onnx', []],
  [
    'shufflenetv2-fastestdet.onnx',
    ['dead-filters Conv_0 11,15', 'dead-filters Conv_3 11,15', 'dead-filters Conv_174 3'],
  ],
  ['squeezenet1.1.onnx', []],
  ['vgg16-blocks1-3.onnx', ['duplicate-filters block1_conv1 60']],
  ['tfjs/darknet_tiny_imagenet/model.json', []],
  ['tfjs/doodlenet/model.json', []],
  ['tfjs/tinyvgg_cnn_explainer/model.json', []],
];

describe.skipIf(!hasShared)('findings in trained networks', () => {
  const service = newService();
  const found = async (model: string) => {
    const findings = await service.handlers.diagnose(
      { model: shared(`models/${model}`), image: null },
      context(),
    );
    return findings.filter(({ code }) => code !== 'softmax-in-graph');
  };

  it.each(judged)('are in %s what its weights bear out', async (model, expected) => {
    const listed = (await found(model)).map(
      ({ code, layer, filters }) => `${code} ${layer} ${filters.join()}`,
    );
    expect(listed).toEqual(expected);
  });

  it('are the same in one network in both formats', async () => {
    const onnx = await found('mobilenetv2.onnx');
    expect(onnx.map(({ code, layer }) => `${code} ${layer}`)).toEqual([
      'dead-filters Conv1',
      'duplicate-filters block_1_expand',
      'dead-filters block_2_expand',
      'dead-filters block_11_expand',
    ]);
    expect(await found('tfjs/mobilenet_v2_1.0_224_keras/model.json')).toEqual(onnx);
  });

  it('are more than half of a layer where so many weights are zero', async () => {
    const [dead, ...others] = await found('tfjs/graph_antispoof/model.json');
    expect(dead).toMatchObject({ code: 'dead-filters', layer: 'activation_3' });
    expect(dead?.filters).toHaveLength(67);
    expect(others).toEqual([]);
  });
});
