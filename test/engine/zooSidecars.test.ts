import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sidecarPath } from '../../src/core/formats/sidecar';
import { sidecarText } from '../../src/core/formats/sidecarText';
import { modelZoo } from '../../src/download/modelZoo';
import { context, hasShared, newService, shared, temporaryFolder } from './support';

const labelsFile = path.join(import.meta.dirname, '../../media/labels/imagenet-classes.txt');

// Of the zoo's networks this one's weights are there in another file.
describe.runIf(hasShared)('with the sidecar of a download, GoogLeNet', () => {
  const model = path.join(temporaryFolder(), 'googlenet.onnx');
  const service = newService();

  beforeAll(() => {
    const { preprocess } = modelZoo.find(({ name }) => name === 'GoogLeNet')!;
    const labels = readFileSync(labelsFile, 'utf8').trimEnd().split('\n');
    writeFileSync(sidecarPath(model), sidecarText(preprocess, labels));
    symlinkSync(shared('models/googlenet.onnx'), model);
  });

  it.each([
    ['skimage_coffee.png', 'espresso'],
    ['skimage_chelsea.png', 'Egyptian cat'],
    ['coral_hot_dog.jpg', 'hotdog, hot dog, red hot'],
    ['coral_parrot.jpg', 'macaw'],
    ['coral_bird.bmp', 'chickadee'],
  ])('sees in %s: %s', async (image, label) => {
    const subject = { model, image: shared(`data/images/${image}`) };
    const { top } = await service.handlers.record(subject, context());
    expect(top[0]?.label).toBe(label);
  });
});
