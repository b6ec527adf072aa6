import { createHash } from 'node:crypto';
import path from 'node:path';
import { UserError } from '../core/errors';
import { decodeModel, type ModelFormat } from '../core/formats/models';
import type { Imported } from '../core/graph/graph';
import { filesBeside, readModelFile } from './modelFiles';

/** A model as it was read. */
export interface ReadModel extends Imported {
  readonly format: ModelFormat;
  /** SHA-256 of everything that was read for it, hexadecimal. */
  readonly hash: string;
  /** The files beside it that hold its weights, with their stamps when they were read. */
  readonly weightFiles: ReadonlyMap<string, string>;
}

/** Reads a model file with the weights beside it. */
export async function readModel(file: string): Promise<ReadModel> {
  const bytes = await readModelFile(file);
  const hash = createHash('sha256').update(bytes);
  const beside = filesBeside(file, (part) => hash.update(part));
  try {
    const decoded = decodeModel(bytes, { file: path.basename(file), beside });
    return { ...decoded, hash: hash.digest('hex'), weightFiles: beside.stamps };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint } = error;
    throw new UserError(code, message, hint, [...beside.stamps.keys()]);
  }
}
