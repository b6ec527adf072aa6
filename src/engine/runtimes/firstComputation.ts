import type { Attribute, Graph, GraphNode } from '../../core/graph/graph';
import type { Runtime } from '../../core/runtime';
import { floatTensor } from '../../core/tensor/tensor';

/**
 * Lets a runtime compute what every recording needs: a feature map, and where its maximum was. Throws where it cannot:
 * a provider may be in the binary and its driver not on the machine, or have pools without switches. Only computing tells.
 */
export async function computeFirst(runtime: Runtime): Promise<void> {
  const session = await runtime.open(rectifiedAndPooled);
  const image = floatTensor([1, 1, 2, 2], Float32Array.of(-1, 1, 3, 2));
  const found = await session.run(new Map([['x', image]]), ['maximum', 'switch']);
  await session.close();
  const [maximum, place] = [found.get('maximum')?.data[0], found.get('switch')?.data[0]];
  if (maximum !== 3 || place !== 2) {
    throw new Error(`it says that the maximum of -1, 1, 3, 2 is ${maximum} at ${place}`);
  }
}

const int32 = 6;

const rectifiedAndPooled: Graph = {
  name: 'a first computation',
  opset: 13,
  domains: new Map(),
  inputs: [{ name: 'x', type: 'float32', shape: [1, 1, 2, 2] }],
  outputs: [
    { name: 'maximum', type: 'float32', shape: null },
    { name: 'switch', type: 'int32', shape: null },
  ],
  nodes: [
    node('Relu', ['x'], ['y']),
    node('MaxPool', ['y'], ['maximum', 'index'], [['kernel_shape', { kind: 'ints', value: [2, 2] }]]),
    node('Cast', ['index'], ['switch'], [['to', { kind: 'int', value: int32 }]]),
  ],
  constants: new Map(),
  metadata: new Map(),
};

function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly (readonly [string, Attribute])[] = [],
): GraphNode {
  return { name: op, op, domain: '', inputs, outputs, attributes: new Map(attributes) };
}
