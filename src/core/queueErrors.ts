import { UserError } from './errors';

export function badQueueAddress(address: string, reason: string): UserError {
  return new UserError(
    'bad-queue-address',
    `The queue's address ${address} ${reason}.`,
    'Give redis://host:6379 or, with TLS, rediss://host:6379; a password belongs in the environment variable SWITCHBACK_QUEUE_PASSWORD or, in the editor, in Set Password of Queue….',
  );
}

export function queueUnreachable(host: string, reason: string): UserError {
  return new UserError(
    'queue-unreachable',
    `The queue on ${host} cannot be used: ${reason}.`,
    'Check that Redis runs there, whether it wants TLS (rediss://), and the password: SWITCHBACK_QUEUE_PASSWORD or, in the editor, Set Password of Queue….',
  );
}

export function queueRefuses(host: string, reason: string): UserError {
  return new UserError(
    'queue-refuses',
    `The queue on ${host} takes no more: ${reason}.`,
    'Give that Redis the memory, the disk or the rights that it lacks; then run this again: it goes on where it was.',
  );
}

export function badQueueMessage(what: string): UserError {
  return new UserError(
    'bad-queue-message',
    `The queue holds ${what} that this version cannot read.`,
    'Run the same version everywhere, and let nobody else write to this Redis.',
  );
}

/** `host` is that of the worker that tried last, where it is known. */
export function portionFailed(
  images: string,
  { reason, host }: { readonly reason: string; readonly host: string | undefined },
): UserError {
  const last = host === undefined ? '' : ` (the last on ${host})`;
  return new UserError(
    'portion-failed',
    `The workers${last} could not run ${images}: ${reason}`,
    'Check that every worker was given the same model and the folder of these pictures; then run this again: it goes on where it was.',
  );
}

export function imagesNotThere(folder: string): UserError {
  return new UserError(
    'images-not-there',
    `None of the pictures that were asked for is in ${folder}.`,
    'Give the worker the same folder of pictures as the scan, wherever it is mounted.',
  );
}

export function badImagesAddress(address: string, reason: string): UserError {
  return new UserError(
    'bad-images-address',
    `The address of the pictures ${address} ${reason}.`,
    'Give a folder, or http://host/folder, below which the pictures are, without a user, a password or a query.',
  );
}

export function imageServerFailed(address: string, reason: string): UserError {
  return new UserError(
    'image-server-failed',
    `${address} gave no pictures: ${reason}.`,
    'Check the address that --images names.',
  );
}

/** A sentence about a picture that a server has and does not give. */
export function pictureForbidden(image: string, host: string): string {
  return `${image} is not given by ${host} (status 403).`;
}

/** A sentence about a picture that a server has. */
export function pictureTooLarge(image: string, most: number): string {
  return `${image} has more than ${most} bytes, which is the most that is fetched.`;
}
