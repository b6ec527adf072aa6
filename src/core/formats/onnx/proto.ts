import Long from 'long';
import { onnx } from 'onnx-proto';
import protobuf from 'protobufjs/minimal';

// protobufjs finds `long` by a hidden `require`, which a bundle does not have; without it 64-bit values lose bits.
protobuf.util.Long = Long;
protobuf.configure();

/** A 64-bit integer as the protobuf library delivers it. */
export type Integer = number | Long;

/** The message that the bytes encode. Throws the library's errors where they encode none. */
export function parseModel(bytes: Uint8Array): onnx.ModelProto {
  return onnx.ModelProto.decode(new protobuf.Reader(plainBytes(bytes)));
}

/** The inverse of `serializeAttribute`. */
export function parseAttribute(bytes: Uint8Array): onnx.AttributeProto {
  return onnx.AttributeProto.decode(new protobuf.Reader(plainBytes(bytes)));
}

/** The bytes of a model, in a buffer of their own. */
export function serializeModel(model: onnx.IModelProto): Uint8Array {
  return exact(onnx.ModelProto.encode(model, new protobuf.Writer()).finish());
}

/** The bytes of an attribute, in a buffer of their own. */
export function serializeAttribute(attribute: onnx.IAttributeProto): Uint8Array {
  return exact(onnx.AttributeProto.encode(attribute, new protobuf.Writer()).finish());
}

/** The text of a UTF-8 byte string; `undefined` where the bytes are not valid UTF-8, so nothing is lost silently. */
export function textOf(bytes: Uint8Array): string | undefined {
  const text = protobuf.util.utf8.read(bytes, 0, bytes.length);
  const again = bytesOf(text);
  const same = again.length === bytes.length && again.every((byte, i) => byte === bytes[i]);
  return same ? text : undefined;
}

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(protobuf.util.utf8.length(text));
  protobuf.util.utf8.write(text, bytes, 0);
  return bytes;
}

/** Exact up to 2^53; beyond that the nearest double, which shapes, axes and "until the end" markers survive. */
export function toNumber(value: Integer | null | undefined): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}

/** All 64 bits as a signed number, which a `BigUint64Array` takes as the unsigned one it stands for. */
export function toBigInt(value: Integer): bigint {
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}

const INT64_MAX = 2 ** 63 - 1024;

/** The inverse of `toNumber`: doubles beyond the int64 range are its ends. */
export function toInteger(value: number): Integer {
  if (Number.isSafeInteger(value)) return value;
  if (value > INT64_MAX) return Long.MAX_VALUE;
  return Long.fromNumber(value);
}

/** Present in the file, as opposed to the default value that the library answers for an absent field. */
export function has<T extends object>(message: T, field: keyof T): boolean {
  return Object.hasOwn(message, field);
}

/** A Node `Buffer` slices differently from other arrays; this is the same memory without that. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Small results come out of a shared pool; a copy of their own travels between processes at their own size. */
function exact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
