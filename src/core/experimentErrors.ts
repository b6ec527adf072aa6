import { UserError } from './errors';

export function invalidParts(file: string, field: string, expected: string): UserError {
  return new UserError(
    'invalid-parts',
    `${file}: ${field === '' ? 'the file' : `"${field}"`} ${expected}.`,
    'Correct the file, or mark the parts again in the panel.',
  );
}

export function partNameTaken(file: string, part: string): UserError {
  return new UserError(
    'part-name-taken',
    `"${part}" cannot be marked in ${file}: parts.json has a field of this name for it that is no part.`,
    'Give the part another name.',
  );
}

export function tooFewImages(found: number, parts: readonly string[], leftOut: readonly string[]): UserError {
  const images = found === 1 ? 'image' : 'images';
  const named = parts.length === 0 ? images : `${images} with the parts ${parts.join(', ')}`;
  const reasons = leftOut.length === 0 ? '' : ` Left out: ${leftOut.join('; ')}.`;
  return new UserError(
    'too-few-images',
    `Correspondence compares images with each other: ${found} ${named} ${found === 1 ? 'is' : 'are'} not enough.${reasons}`,
    'Mark the same parts in at least two images, away from the border, or make the squares smaller.',
  );
}

export function noRandomPlace(file: string, size: number): UserError {
  return new UserError(
    'no-random-place',
    `No square of ${size} pixels fits into ${file} beside its parts, so there is no random control.`,
    'Make the squares smaller.',
  );
}

export function lesionUnreachable(layer: string): UserError {
  return new UserError(
    'lesion-unreachable',
    `Nothing that the model answers depends on "${layer}", so switching it off changes nothing.`,
    'Choose a layer on the way to the class scores.',
  );
}

export function opaqueLesion(node: string): UserError {
  return new UserError(
    'opaque-lesion',
    `Node "${node}" holds control flow, behind which feature maps cannot be switched off.`,
    'Export the model without loops and conditions.',
  );
}

export function noClassifier(model: string): UserError {
  return new UserError(
    'no-classifier',
    `${model} ends in no class scores, so there are no probabilities to watch.`,
    'Choose a model that classifies; experiments about features work with this one.',
  );
}

export function featuresTooLarge(bytes: number, limit: number): UserError {
  return new UserError(
    'features-too-large',
    `The features of all images would take ${(bytes / 2 ** 30).toFixed(1)} GB; at most ${limit / 2 ** 30} GB are kept.`,
    'Choose fewer layers or fewer images.',
  );
}

export function invalidTransformation(reason: string): UserError {
  return new UserError('invalid-transformation', `${reason}.`, 'Choose another range of transformations.');
}

export function tooFewCheckpoints(folder: string, found: number): UserError {
  return new UserError(
    'too-few-checkpoints',
    `There ${found === 1 ? 'is one model' : `are ${found} models`} in ${folder}: evolution compares at least two.`,
    'Choose a folder that holds the models of several epochs: .onnx files, or folders with a model.json each.',
  );
}

export function anotherArchitecture(file: string, first: string, layer: string): UserError {
  return new UserError(
    'another-architecture',
    `${file} is another network than ${first}: they differ in layer "${layer}".`,
    'Choose a folder that holds checkpoints of one network.',
  );
}
