import { onnx } from 'onnx-proto';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';

/** Moves the weights of a model to a file beside it, as exporters do. Returns their bytes. */
export function withExternalData(graph: Graph, location: string): { model: Uint8Array; data: Uint8Array } {
  const model = onnx.ModelProto.decode(encodeOnnx(graph));
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of model.graph?.initializer ?? []) {
    const bytes = Uint8Array.from(tensor.rawData!);
    const entries = { location, offset, length: bytes.length };
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
    tensor.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
    tensor.rawData = new Uint8Array();
    chunks.push(bytes);
    offset += bytes.length;
  }
  return { model: onnx.ModelProto.encode(model).finish(), data: Buffer.concat(chunks) };
}
