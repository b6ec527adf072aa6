import type { Imported } from '../graph/graph';
import { decodeOnnx } from './onnx/decode';
import { decodeTfjs } from './tfjs/decode';
import { HEAD_BYTES, isTfjsModel } from './tfjs/recognise';
import type { ShardFiles } from './tfjs/weights';

/** The formats that are read. */
export type ModelFormat = 'onnx' | 'tfjs';

/** What the bytes of a model do not say. */
export interface ModelOptions {
  /** How messages call the file. */
  readonly file: string;
  /** The files beside it, where weights may be. */
  readonly beside: ShardFiles;
}

interface Format {
  readonly format: ModelFormat;
  readonly matches: (head: string) => boolean;
  readonly open: (bytes: Uint8Array, options: ModelOptions) => Imported;
}

/** The first that matches opens the file. The last takes everything: it knows by name what is no model. */
const formats: readonly Format[] = [
  {
    format: 'tfjs',
    matches: isTfjsModel,
    open: (bytes, { file, beside }) => decodeTfjs(bytes, { file, shards: beside }),
  },
  {
    format: 'onnx',
    matches: () => true,
    open: (bytes, { file, beside }) => decodeOnnx(bytes, { file, external: beside.read }),
  },
];

/** Reads a model of any format that is known. Throws a `UserError` that says what else the file is, or what is wrong with it. */
export function decodeModel(
  bytes: Uint8Array,
  options: ModelOptions,
): Imported & { readonly format: ModelFormat } {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  const { format, open } = formats.find(({ matches }) => matches(head))!;
  return { ...open(bytes, options), format };
}
