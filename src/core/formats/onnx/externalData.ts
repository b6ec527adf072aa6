import type { onnx } from 'onnx-proto';
import { externalDataEscapes, badTensorData, externalDataUnavailable } from '../../errors';

/** A part of a file beside the model that holds the elements of one tensor. */
export interface ExternalRequest {
  /** As in the model: relative to the model's folder, with forward slashes, never leaving it by its spelling. */
  readonly location: string;
  readonly offset: number;
  /** Bytes to read. */
  readonly length: number;
  /** For messages: the weight that is read. */
  readonly tensor: string;
}

/**
 * Reads a part of a file beside the model. Whoever supplies it also makes sure that the file lies in the
 * model's folder (symbolic links!) and throws a `UserError` that names the file when it cannot be read.
 */
export type ReadExternal = (request: ExternalRequest) => Uint8Array;

/** The `bytes` bytes of a tensor that is stored outside the model file. */
export function externalBytes(
  proto: onnx.ITensorProto,
  bytes: number,
  read: ReadExternal | undefined,
): Uint8Array {
  const tensor = proto.name ?? '';
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
  const location = entries.get('location') ?? '';
  if (!staysInFolder(location)) throw externalDataEscapes(location, tensor);
  const offset = wholeNumber(entries.get('offset') ?? '0');
  if (offset === undefined) {
    throw badTensorData(tensor, `its external data starts at byte ${entries.get('offset')}`);
  }
  const length = wholeNumber(entries.get('length') ?? String(bytes));
  if (length !== bytes) {
    throw badTensorData(
      tensor,
      `its external data is declared with ${entries.get('length')} bytes instead of ${bytes}`,
    );
  }
  if (read === undefined) throw externalDataUnavailable(location, tensor);
  const data = read({ location, offset, length, tensor });
  if (data.byteLength !== bytes) {
    throw badTensorData(tensor, `${location} gives ${data.byteLength} of its ${bytes} bytes`);
  }
  return data;
}

/** A relative path spelled without any way out: no `..`, no drive, no URL, no backslash, no control characters. */
export function staysInFolder(location: string): boolean {
  if (location === '' || location.startsWith('/')) return false;
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be there
  if (/[\\:\x00-\x1f]/.test(location)) return false;
  return !location.split('/').includes('..');
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
