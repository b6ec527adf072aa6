import { UserError } from '../../errors';
import { counted } from '../../report/numbers';

export function tooFewClasses(folder: string): UserError {
  return new UserError(
    'too-few-classes',
    `${folder} has no two folders of images, so there are no classes to tell apart.`,
    'Choose a folder that holds a folder of images for each class.',
  );
}

export function classesTooSmall(train: number, largest: number): UserError {
  return new UserError(
    'classes-too-small',
    `No two classes have more than ${counted(train, 'image')} to learn from and one to judge by; the second largest has ${largest}.`,
    'Learn from fewer images of each class.',
  );
}

export function notFeatures(file: string, reason: string): UserError {
  return new UserError(
    'not-features',
    `${file} is no store of features: ${reason}.`,
    'Choose another file, or delete it.',
  );
}

export function featuresOfAnother(file: string, what: string): UserError {
  return new UserError(
    'features-of-another',
    `The features in ${file} are those of another ${what}.`,
    'Choose another file, or delete it.',
  );
}

export function matrixTooLarge(layer: string, features: number, images: number): UserError {
  return new UserError(
    'matrix-too-large',
    `${layer} gives ${features} features for each of ${images} images, more than fit into memory.`,
    'Pool them to means or maxima of feature maps, or choose fewer images or a deeper layer.',
  );
}
