import { UserError } from '../../errors';

export function badModelDescription(problem: string): UserError {
  return new UserError(
    'bad-model-description',
    `The model's description cannot be used: ${problem}.`,
    'The model.json is damaged or was written by another program: export the model again.',
  );
}

export function missingWeights(weight: string): UserError {
  return new UserError(
    'missing-weights',
    `The manifest of the model has no weights "${weight}".`,
    'The model.json is incomplete: export the model again.',
  );
}

export function unsupportedLayer(layer: string, kind: string, reason: string): UserError {
  return new UserError(
    'unsupported-layer',
    `Layer "${layer}" (${kind}) cannot be read: ${reason}.`,
    'Export the original as ONNX instead: python -m tf2onnx.convert --saved-model DIR --output model.onnx.',
  );
}
