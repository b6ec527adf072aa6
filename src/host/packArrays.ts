/**
 * A copy of plain data in which every typed array has a buffer of exactly its own size. A webview message carries
 * the whole backing buffer of each typed array, and what comes out of the engine's channel shares one buffer a
 * message. Arrays that fit already are passed on as they are.
 */
export function packArrays<T>(value: T): T {
  return pack(value) as T;
}

function pack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return packView(value);
  if (Array.isArray(value)) return value.map(pack);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, pack(entry)]));
}

function packView(view: ArrayBufferView): ArrayBufferView {
  if (view.byteLength === view.buffer.byteLength && !Buffer.isBuffer(view)) return view;
  // A Buffer would cross as JSON; and its `slice` shares memory, where that of a typed array copies.
  if (Buffer.isBuffer(view)) return Uint8Array.from(view);
  if (view instanceof DataView) {
    return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  }
  return (view as Uint8Array).slice();
}
