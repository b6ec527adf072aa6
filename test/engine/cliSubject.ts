import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll } from 'vitest';
import { smallNet } from '../support/smallNet';
import { bundle, commandLine, temporaryFolder, writeModel, writePicture } from './support';

export const sidecar = {
  resize: 48,
  crop: [48, 48],
  channels: 'RGB',
  scale: 1,
  mean: [100, 110, 120],
  std: [50, 60, 70],
} as const;

/** The bundled command line in a folder with a small model, its sidecar and a picture; of one test file. */
export function cliSubject() {
  const folder = temporaryFolder();
  const file = (...names: string[]) => path.join(folder, ...names);
  const [model, image] = [file('small.onnx'), file('waves.png')];
  let entry = '';
  beforeAll(async () => {
    entry = await bundle('src/cli/main.ts');
    writeModel(model, smallNet());
    writeFileSync(
      file('small.switchback.json'),
      JSON.stringify({ preprocess: sidecar, labels: ['a', '<b>', 'c', 'd'] }),
    );
    await writePicture(image);
  });
  return { folder, file, model, image, entry: () => entry, run: commandLine(() => entry, folder) };
}
