import { describe, expect, it } from 'vitest';
import type { Grammar } from '../../../src/host/source/grammars';
import { readSource, weightedLayers } from '../../support/readSource';

const cases: readonly (readonly [string, Grammar, string, string, readonly string[]])[] = [
  [
    'a sequential model that layers are added to',
    'javascript',
    `const tf = require('@tensorflow/tfjs');
const model = tf.sequential();
model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], kernelSize: 5, filters: 8, strides: 2, name: 'first' }));
for (let i = 0; i < 2; i++) {
  model.add(tf.layers.conv2d({ kernelSize: [3, 3], filters: 16 << i }));
}
model.add(tf.layers.dense({ units: 10 }));
`,
    'model',
    ['first ?>8 5x5/2x2', ' ?>16 3x3/1x1', ' ?>32 3x3/1x1', ' ?>10 /'],
  ],
  [
    'a list of layers in TypeScript',
    'typescript',
    `import * as tf from '@tensorflow/tfjs';
const classes: number = 3;
export function build(filters = 4): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.separableConv2d({ filters, kernelSize: 3, name: \`sep_\${filters}\` }),
      tf.layers.dense({ units: classes } as tf.DenseArgs),
    ],
  });
}
`,
    'build',
    ['sep_4 ?>? 3x3/1x1', 'sep_4 ?>4 1x1/1x1', ' ?>3 /'],
  ],
  [
    'a functional model with a helper',
    'typescript',
    `import * as tf from '@tensorflow/tfjs';
const block = (x: tf.SymbolicTensor, filters: number) =>
  tf.layers.conv2d({ filters, kernelSize: 3 }).apply(x) as tf.SymbolicTensor;
const input = tf.input({ shape: [32, 32, 3] });
let x = input;
for (const filters of [8, 16]) x = block(x, filters);
export const net = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2, name: 'out' }).apply(x) });
`,
    'net',
    [' ?>8 3x3/1x1', ' ?>16 3x3/1x1', 'out ?>2 /'],
  ],
  [
    'a class with methods',
    'javascript',
    `class Builder {
  constructor(units) {
    this.units = units;
  }
  make() {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: this.units }));
    return model;
  }
}
const small = new Builder(7).make();
`,
    'small',
    [' ?>7 /'],
  ],
  [
    'a function without a name whose helper takes an object apart',
    'javascript',
    `import * as tf from '@tensorflow/tfjs';
function block(x, { filters, kernel = 3, strides: steps = 2, name }) {
  const common = { kernelSize: kernel, strides: steps, padding: 'same' };
  return tf.layers.conv2d({ ...common, filters, name: name + '_conv' }).apply(x);
}
export default () => {
  const input = tf.input({ shape: [64, 64, 3] });
  const x = block(block(input, { filters: 8, name: 'a' }), { filters: 16, strides: 1, kernel: 5, name: 'b' });
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 1 }).apply(x) });
};
`,
    'default',
    ['a_conv ?>8 3x3/2x2', 'b_conv ?>16 5x5/1x1', ' ?>1 /'],
  ],
  [
    "a class of TypeScript with fields and parameters that are its object's",
    'typescript',
    `import * as tf from '@tensorflow/tfjs';
export class Net {
  private readonly model = tf.sequential();
  readonly width: number = 4;
  constructor(private readonly options: { depth: number } = { depth: 2 }) {
    for (let i = 0; i < this.options.depth; i++) this.add(this.width * (i + 1));
    this.model.add(tf.layers.dense({ units: 3 }));
  }
  private add(filters: number): void {
    this.model.add(tf.layers.conv2d({ filters, kernelSize: 3 }));
  }
}
const net = new Net();
`,
    'net',
    [' ?>4 3x3/1x1', ' ?>8 3x3/1x1', ' ?>3 /'],
  ],
];

describe('reading JavaScript and TypeScript', () => {
  it.each(cases)('%s', async (_name, grammar, code, model, layers) => {
    expect(weightedLayers(await readSource(code, grammar), model)).toEqual(layers);
  });

  it('takes operations on tensors for no layers', async () => {
    const reading = await readSource(
      "import * as tf from '@tensorflow/tfjs';\nconst y = tf.conv2d(x, w, 1, 'same');\n",
      'javascript',
    );
    expect(reading.definitions).toEqual([]);
  });

  it('keeps what it understands of broken code', async () => {
    const reading = await readSource(
      'const model = tf.sequential();\nmodel.add(tf.layers.conv2d({ filters: 8, kernelSize: 3 }));\nmodel.add(tf.layers.dense({ units:\n',
      'typescript',
    );
    expect(reading.definitions[0]?.uses[0]?.arguments).toMatchObject({ outChannels: 8, kernel: [3, 3] });
  });
});
