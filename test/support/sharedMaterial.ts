import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Models and data that lie beside the repository on some machines; tests that need them skip elsewhere. */
export const sharedFolder = path.resolve(import.meta.dirname, '../../../shared');

/** Absolute paths of the ONNX models in a folder of the shared material; empty where it is absent. */
export function sharedModels(folder = 'models'): string[] {
  const models = path.join(sharedFolder, folder);
  if (!existsSync(models)) return [];
  return readdirSync(models)
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => path.join(models, name));
}
