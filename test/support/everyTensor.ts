import { onnx } from 'onnx-proto';
import { gaussians, seededRandom } from './random';
import { runOnnx, type OnnxOutput } from './runOnnx';

/** Runs a model file on noise of the given size in ONNX Runtime, with every tensor of it as an output. */
export async function everyTensor(
  model: Uint8Array,
  input: { readonly name: string; readonly dims: readonly number[]; readonly precision?: 'half' },
): Promise<Record<string, OnnxOutput>> {
  const proto = onnx.ModelProto.decode(model);
  const graph = proto.graph!;
  const shown = new Set((graph.output ?? []).map(({ name }) => name));
  const hidden = (graph.node ?? [])
    .flatMap(({ output }) => output ?? [])
    .filter((name) => name && !shown.has(name));
  graph.output = [...(graph.output ?? []), ...hidden.map((name) => ({ name }))];
  const { name, dims, precision } = input;
  const zeros = new Float32Array(dims.reduce((a, b) => a * b, 1));
  const data = precision === 'half' ? zeros : gaussians(seededRandom(6), zeros.length);
  return runOnnx(onnx.ModelProto.encode(proto).finish(), {
    [name]: { dims, data, ...(precision && { precision }) },
  });
}
