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
    'arrays, and what is made of them',
    'typescript',
    `import * as tf from '@tensorflow/tfjs';
const { conv2d, dense } = tf.layers;
export function build() {
  const made = Array.from({ length: 2 }, (_, i) => conv2d({ filters: 4 * (i + 1), kernelSize: 3 }));
  const net = tf.sequential({ layers: made });
  for (const [i, strides] of [1, 2].entries()) net.add(conv2d({ filters: 8 << i, kernelSize: 3, strides }));
  for (const [name, filters] of Object.entries({ x: 4, y: 8 })) net.add(conv2d({ filters, kernelSize: 1, name }));
  const widths = Array(3).fill(16).map((width: number, i: number) => width * (i + 1));
  for (const width of widths.slice(1).concat(10).reverse()) net.add(conv2d({ filters: width, kernelSize: 5 }));
  for (const i of [...Array(2).keys()].flatMap((each) => [each + 1])) net.add(conv2d({ filters: i, kernelSize: 7 }));
  net.add(dense({ units: Math.max(...widths.filter((width) => width < 40), parseInt('10', 10)) }));
  return net;
}
`,
    'build',
    [
      ' ?>4 3x3/1x1',
      ' ?>8 3x3/1x1',
      ' ?>8 3x3/1x1',
      ' ?>16 3x3/2x2',
      'x ?>4 1x1/1x1',
      'y ?>8 1x1/1x1',
      ' ?>10 5x5/1x1',
      ' ?>48 5x5/1x1',
      ' ?>32 5x5/1x1',
      ' ?>1 7x7/1x1',
      ' ?>2 7x7/1x1',
      ' ?>32 /',
    ],
  ],
  [
    'a chain of layers that a list is reduced to',
    'javascript',
    `const input = tf.input({ shape: [8, 8, 3] });
const last = [4, 8].reduce((x, filters) => tf.layers.conv2d({ filters, kernelSize: 3 }).apply(x), input);
const net = tf.model({ inputs: input, outputs: last });
`,
    'net',
    [' ?>4 3x3/1x1', ' ?>8 3x3/1x1'],
  ],
  [
    'classes that inherit, with fields, members of the class and a static method',
    'typescript',
    `import * as tf from '@tensorflow/tfjs';
abstract class Base {
  protected readonly net = tf.sequential();
  constructor(private readonly size: number) {}
  protected conv(filters: number) { this.net.add(tf.layers.conv2d({ filters, kernelSize: this.size })); }
  static twice(width: number) { return 2 * width; }
}
class Middle extends Base implements Named {}
export class Net extends Middle {
  static readonly width = 12;
  private readonly units = 3;
  build() {
    super.conv(Net.width);
    this.conv(Base.twice(Net.width));
    this.net.add(tf.layers.dense({ units: this.units }));
    return this.net;
  }
}
new Net(5).build();
`,
    'Net',
    [' ?>12 5x5/1x1', ' ?>24 5x5/1x1', ' ?>3 /'],
  ],
  [
    'a constructor that calls the one that it inherits, in front of its fields',
    'javascript',
    `class Base { constructor(size) { this.size = size; } }
class Net extends Base {
  layer = tf.layers.conv2d({ filters: 4, kernelSize: this.size });
  constructor() { super(7); }
}
const net = tf.sequential();
net.add(new Net().layer);
`,
    'net',
    [' ?>4 7x7/1x1'],
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
