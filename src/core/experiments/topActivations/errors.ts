import { UserError } from '../../errors';

export function noImagesIn(folder: string, extensions: readonly string[]): UserError {
  return new UserError(
    'no-images',
    `There is no image in ${folder}.`,
    `Choose a folder that holds files ending in ${extensions.map((extension) => `.${extension}`).join(', ')}, at any depth.`,
  );
}

export function notAFolder(folder: string): UserError {
  return new UserError('not-a-folder', `${folder} is no folder that can be read.`, 'Choose another folder.');
}

export function notAnIndex(file: string, reason: string): UserError {
  return new UserError(
    'not-an-index',
    `${file} is no index of top activations: ${reason}.`,
    'Choose another file, or delete it.',
  );
}

export function indexOfAnother(file: string, what: string, has: string, wanted: string): UserError {
  return new UserError(
    'another-index',
    `The index ${file} is for another ${what}: ${has} instead of ${wanted}.`,
    'Choose another file for this scan, or delete this one to begin anew.',
  );
}

export function indexInUse(file: string, owner: string, mark: string): UserError {
  return new UserError(
    'index-in-use',
    `Another scan is writing ${file} (${owner}).`,
    `Wait for it, or delete ${mark} if it is no more.`,
  );
}
