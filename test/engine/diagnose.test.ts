import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeFindings } from '../../src/cli/diagnose';
import { smallNet } from '../support/smallNet';
import { context, newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const model = path.join(folder, 'small.onnx');
const image = path.join(folder, 'waves.png');
const service = newService();

beforeAll(async () => {
  const graph = smallNet();
  const bias = graph.nodes.find(({ name }) => name === 'conv2')!.inputs[2]!;
  // Nothing gets over these biases: two maps that no picture activates.
  (graph.constants.get(bias)!.data as Float32Array).set([-1e6, -1e6], 3);
  writeModel(model, graph);
  await writePicture(image);
});

it('looks at the weights alone where there is no image', async () => {
  const findings = await service.handlers.diagnose({ model, image: null }, context());
  expect(findings.map(({ code }) => code)).toEqual(['softmax-in-graph']);
});

it('names the maps that an image does not activate', async () => {
  const findings = await service.handlers.diagnose({ model, image }, context());
  const inactive = findings.find(({ code, layer }) => code === 'inactive-maps' && layer === 'conv2');
  expect(inactive!.filters).toEqual(expect.arrayContaining([3, 4]));
});

it('tells it all on the command line', async () => {
  const { text, json } = await describeFindings({ model, image }, { service, progress: () => undefined });
  expect(text).toMatch(/^information: The model ends in a softmax behind fc4/m);
  expect(text).toMatch(/of 16 maps \(.*3, 4.*\) of conv2 are not active on the current image/);
  expect(json).toMatchObject({
    model,
    findings: await service.handlers.diagnose({ model, image }, context()),
  });
});
