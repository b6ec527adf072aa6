import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../core/errors';
import { readAnswer } from './answer';
import { connectionProblem } from './connection';
import { alreadyThere, interrupted, otherFile, unreachable } from './errors';
import { assertRoom, openPart, partPath, partSize, unlessMissing, unwritable, writeAt } from './partFile';
import { patience, type Patience } from './patience';
import { request } from './request';

export interface Download {
  readonly address: URL;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** How long a server may be silent, in milliseconds. */
  readonly patience?: number;
}

export interface DownloadProgress {
  readonly step: 'receive' | 'check';
  /** Of the whole file, what was on disk already included. */
  readonly bytes: number;
}

/**
 * Downloads one file. What arrives is kept in `<file>.part`, from where the next download goes on; only a complete file with the right
 * checksum gets its name. A file that is there already is taken where it is the right one, and never replaced.
 *
 * Throws a `UserError` for everything the user can act on, and the signal's reason when it is aborted.
 */
export async function downloadFile(download: Download): Promise<void> {
  const { file, sha256, signal } = download;
  const part = partPath(file);
  try {
    if (await isThere(download)) return;
    await receive(download, part);
    if ((await checksum(part, download)) !== sha256) {
      await rm(part);
      throw otherFile(path.basename(file), 'its checksum is another');
    }
    // Another window may have been faster.
    if (await isThere(download)) await rm(part, { force: true });
    else await rename(part, file);
  } catch (error) {
    signal.throwIfAborted();
    throw unwritable(file, error);
  }
}

async function isThere(download: Download): Promise<boolean> {
  const { file, bytes, sha256 } = download;
  const stats = await stat(file).catch(unlessMissing);
  if (!stats) return false;
  if (stats.isFile() && stats.size === bytes && (await checksum(file, download)) === sha256) return true;
  throw alreadyThere(path.basename(file));
}

async function checksum(file: string, { signal, onProgress }: Download): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    onProgress({ step: 'check', bytes });
  }
  return hash.digest('hex');
}

/** Brings `part` to its full length. */
async function receive(download: Download, part: string): Promise<void> {
  const { file, bytes, signal } = download;
  const have = await partSize(part, bytes);
  if (have === bytes) return;
  await assertRoom(path.dirname(file), bytes - have);
  const waiting = patience(download.patience ?? 30_000, signal);
  try {
    await save(await ask(download, have, waiting), { part, download, waiting });
  } finally {
    waiting.dispose();
  }
}

interface Incoming {
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Where in the file it starts. */
  readonly from: number;
}

async function ask(download: Download, have: number, waiting: Patience): Promise<Incoming> {
  const { address, file, bytes } = download;
  const explain = (reason: string) => unreachable(address.host, reason);
  const asked = request(address, have, waiting.signal);
  const answered = await asked.catch((error: unknown) => {
    throw explained(error, waiting, explain);
  });
  waiting.signOfLife();
  const wanted = { file: path.basename(file), bytes, have };
  const answer = readAnswer(answered.address, answered.response, wanted);
  return answer.kind === 'body'
    ? { body: answered.response.body, from: answer.from }
    : ask(download, 0, waiting);
}

interface Saving {
  readonly part: string;
  readonly download: Download;
  readonly waiting: Patience;
}

async function save({ body, from }: Incoming, { part, download, waiting }: Saving): Promise<void> {
  const { bytes, onProgress } = download;
  const name = path.basename(download.file);
  const handle = await openPart(part, from);
  let position = from;
  try {
    for await (const chunk of body ?? []) {
      waiting.signOfLife();
      // What goes on behind the end is another file, whatever its beginning is.
      position += chunk.length;
      if (position > bytes) break;
      await writeAt(handle, { chunk, position: position - chunk.length, part });
      onProgress({ step: 'receive', bytes: position });
    }
  } catch (error) {
    throw explained(error, waiting, (reason) => interrupted(name, reason));
  } finally {
    await handle.close();
  }
  if (position < bytes) throw interrupted(name, 'the server ended it early');
  if (position > bytes) {
    await rm(part);
    throw otherFile(name, `it has more than ${bytes} bytes`);
  }
}

/** A failure of the connection as a sentence; what is one already stays as it is. `downloadFile` tells aborts by the user apart. */
function explained(error: unknown, waiting: Patience, explain: (reason: string) => UserError): unknown {
  if (error instanceof UserError) return error;
  return explain(waiting.isOver() ? 'nothing came for too long' : connectionProblem(error));
}
