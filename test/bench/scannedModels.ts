import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './models';

const models = [
  { name: 'bundled ZFNet', model: path.join(root, 'media/zfnet/zfnet.onnx') },
  { name: 'SqueezeNet 1.1', model: path.join(root, '../shared/models/squeezenet1.1.onnx') },
  { name: 'GoogLeNet', model: path.join(root, '../shared/models/googlenet.onnx') },
];

/** The models that folders are scanned with, as far as they are there. */
export function scannedModels(): typeof models {
  return models.filter(({ model }) => existsSync(model));
}
