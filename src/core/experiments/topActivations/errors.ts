import { UserError } from '../../errors';

/** A sentence about a folder, or the rest of one, that a listing lacks. */
export function folderUnread(folder: string, reason: string): string {
  return `The folder ${folder} cannot be read (${reason}): what is in it is left out.`;
}

/** `unread` is a sentence about a folder in it that cannot be read. */
export function noImagesIn(folder: string, extensions: readonly string[], unread?: string): UserError {
  return new UserError(
    'no-images',
    [`There is no image in ${folder}.`, ...(unread === undefined ? [] : [unread])].join(' '),
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

export function noIndex(file: string): UserError {
  return new UserError('no-index', `There is no index ${file} any more.`, 'Choose the file where it is now.');
}

export function notLockable(file: string): UserError {
  return new UserError(
    'not-lockable',
    `${file} cannot be read where it is: nothing can be written to its folder, and who reads it marks that there.`,
    'Copy it into a folder that can be written to.',
  );
}

export function indexOfAnother(file: string, what: string, has: string, wanted: string): UserError {
  return new UserError(
    'another-index',
    `The index ${file} is for another ${what}: ${has} instead of ${wanted}.`,
    'Choose another file for this scan, or delete this one to begin anew.',
  );
}

export function scanStopped(index: string): UserError {
  return new UserError(
    'scan-stopped',
    `The scan was stopped; ${index} keeps what was found.`,
    'Run it again with the same --out: it goes on where it was.',
  );
}

export function notAShard(index: string): UserError {
  return new UserError(
    'not-a-shard',
    `The index ${index} is of all images of its folder: there is nothing to merge it with.`,
    'Name the indexes of switchback top --shard i/n.',
  );
}

export function shardUnfinished(index: string, shard: string): UserError {
  return new UserError(
    'shard-unfinished',
    `The scan of shard ${shard} did not come to its end: ${index} lacks images.`,
    `Run it again with --shard ${shard} and the same --out: it goes on where it was.`,
  );
}

export function shardsMissing(shards: readonly string[]): UserError {
  return new UserError(
    'shards-missing',
    `Of the shards, ${shards.join(', ')} ${shards.length === 1 ? 'is' : 'are'} missing.`,
    'Name the indexes of all shards.',
  );
}

export function shardsDiffer(shard: string, one: string, other: string): UserError {
  return new UserError(
    'shards-differ',
    `${one} and ${other} are both of shard ${shard}, and were made from different images.`,
    'Leave out the one that is not up to date.',
  );
}

export function indexInUse(file: string, owner: string, mark: string): UserError {
  return new UserError(
    'index-in-use',
    `Another scan is writing ${file} (${owner}).`,
    `Wait for it, or delete ${mark} if it is no more.`,
  );
}
