import { describe, expect, it } from 'vitest';
import { readPrototxt } from '../../../src/core/source/prototxt/read';
import { weightedLayers } from '../../support/readSource';

const text = `name: "CaffeNet" # by Caffe
layer {
  name: "conv1"
  type: "Convolution"
  convolution_param { num_output: 96 kernel_size: 11 stride: 4 }
}
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer {
  name: 'conv2'
  type: "Convolution"
  convolution_param { num_output: 256 pad: 2 kernel_h: 5 kernel_w: 3 group: 2 }
}
layers { name: "fc6" type: INNER_PRODUCT inner_product_param { num_output: 4096 } }
`;

describe('reading prototxt', () => {
  it('finds layers under their names', () => {
    const reading = readPrototxt(text);
    expect(reading.models).toEqual([{ name: 'CaffeNet', layers: 4 }]);
    expect(weightedLayers(reading, 'CaffeNet')).toEqual([
      'conv1 ?>96 11x11/4x4',
      'conv2 ?>256 5x3/1x1',
      'fc6 ?>4096 /',
    ]);
    expect(reading.definitions[2]?.uses[0]?.arguments).toMatchObject({ padding: [2, 2], groups: 2 });
  });

  it('says where a layer and its numbers stand', () => {
    const [conv1] = readPrototxt(text).definitions;
    expect(conv1?.range).toEqual({ start: { line: 1, character: 0 }, end: { line: 5, character: 1 } });
    expect(conv1?.literals.stride).toEqual({
      start: { line: 4, character: 61 },
      end: { line: 4, character: 62 },
    });
  });

  it('never fails, wherever the text ends', () => {
    for (let end = 0; end < text.length; end++) readPrototxt(text.slice(0, end));
    expect(() => readPrototxt('}{ layer: { layer { type: { } } : '.repeat(2000))).not.toThrow();
    expect(() => readPrototxt('layer {'.repeat(50_000))).not.toThrow();
  });
});
