import type { onnx } from 'onnx-proto';
import {
  damagedModelFile,
  emptyGraph,
  emptyModelFile,
  foreignModelFile,
  missingOutput,
  modelFileTooLarge,
  undeclaredOpset,
  UserError,
} from '../../errors';
import type { Diagnostic, Graph, GraphNode, Imported, Value } from '../../graph/graph';
import type { Tensor } from '../../tensor/tensor';
import { constantOf, opaqueConstant } from './constants';
import { decodeNodes } from './decodeNode';
import type { DecodedNodes } from './decodeNode';
import { decodeSparse, decodeTensor } from './decodeTensor';
import { decodeInput, decodeOutput } from './decodeValue';
import type { ReadExternal } from './externalData';
import { inlineFunctions } from './functions';
import { recogniseForeignFile } from './foreignFiles';
import { decodeMetadata } from './metadata';
import { upgradeOldOperators } from './oldOperators';
import { parseModel, toNumber } from './proto';
import { topologicalOrder } from './topology';

/** What the bytes of a model do not say. */
export interface DecodeOptions {
  /** Reads weights that are stored beside the model; without it such a model is refused. */
  readonly external?: ReadExternal;
  /** How messages call the file. */
  readonly file?: string;
}

/** Protobuf lengths are signed 32-bit numbers. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

const NEWEST_OPSET = 22;

/** What the default operator set counts as in a graph that only has operators of other domains. */
const ANY_OPSET = 17;

/**
 * Reads an ONNX model (format versions 3 and later, operator sets 7 to 22; older ones where the meaning of
 * their operators did not change or is cheap to translate).
 *
 * Initializers and `Constant` nodes become constants of the graph, also where the file lists them as inputs.
 * float16 and bfloat16 become float32 everywhere (weights, constants, inputs, outputs, casts), so that a
 * half-precision model computes in float32. Calls of model-local functions become their nodes. Nodes get unique names and come in topological order; unknown
 * operators are kept. Whatever is wrong with the file is a `UserError` that names it, the node or the tensor.
 */
export function decodeOnnx(bytes: Uint8Array, options: DecodeOptions = {}): Imported {
  const file = options.file ?? 'The file';
  const model = parse(bytes, file);
  try {
    return decodeModel(model, file, options.external && limited(options.external, file));
  } catch (error) {
    // A hostile file can nest subgraphs deeper than the stack; nothing else here throws anything but UserErrors.
    if (error instanceof RangeError) throw damagedModelFile(file);
    throw error;
  }
}

function parse(bytes: Uint8Array, file: string): onnx.ModelProto {
  if (bytes.byteLength === 0) throw emptyModelFile(file);
  if (bytes.byteLength > MAX_FILE_BYTES) throw modelFileTooLarge(file, bytes.byteLength);
  const foreign = recogniseForeignFile(bytes);
  if (foreign) throw foreignModelFile(file, foreign.what, foreign.hint);
  try {
    return parseModel(bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw damagedModelFile(file);
  }
}

function decodeModel(model: onnx.IModelProto, file: string, external: ReadExternal | undefined): Imported {
  const { graph } = model;
  if (!graph) {
    if (!toNumber(model.irVersion)) throw damagedModelFile(file);
    throw foreignModelFile(file, 'a protobuf file without a graph', 'Open a file that was exported as ONNX.');
  }
  if (!graph.node?.length) throw emptyGraph(file, 'nodes');
  const domains = decodeDomains(model);
  const constants = decodeInitializers(graph, file, external);
  const decoded = foldConstants(
    decodeNodes([...constants.opaque, ...inlineFunctions(model)], external),
    constants.tensors,
  );
  const opset = domains.get('') ?? fallbackOpset(decoded.nodes, file);
  domains.delete('');
  const inputs = (graph.input ?? [])
    .filter(({ name }) => !constants.tensors.has(name ?? '') && !constants.names.has(name ?? ''))
    .map(decodeInput);
  const upgraded = upgradeOldOperators({ ...decoded, opset, file, constants: constants.tensors });
  const nodes = topologicalOrder({
    ...upgraded,
    given: new Set([...inputs.map(({ name }) => name), ...constants.tensors.keys()]),
  });
  const { outputs, diagnostics } = decodeOutputs(graph, nodes, constants.tensors, inputs, file);
  return {
    graph: {
      name: graph.name ?? '',
      opset: upgraded.opset,
      domains,
      inputs,
      outputs,
      nodes,
      constants: constants.tensors,
      metadata: decodeMetadata(model),
    } satisfies Graph,
    diagnostics: [...newerOpset(opset), ...diagnostics],
  };
}

function decodeDomains(model: onnx.IModelProto): Map<string, number> {
  const domains = new Map<string, number>();
  const ofFunctions = (model.functions ?? []).flatMap(({ opsetImport }) => opsetImport ?? []);
  for (const { domain, version } of [...ofFunctions, ...(model.opsetImport ?? [])]) {
    domains.set(domain === 'ai.onnx' ? '' : (domain ?? ''), toNumber(version));
  }
  return domains;
}

function fallbackOpset(nodes: readonly GraphNode[], file: string): number {
  if (nodes.some(({ domain }) => domain === '')) throw undeclaredOpset(file);
  return ANY_OPSET;
}

/** A small file can name the same large weights file many times. */
function limited(external: ReadExternal, file: string): ReadExternal {
  let bytes = 0;
  return (request) => {
    bytes += request.length;
    if (bytes > MAX_FILE_BYTES) throw modelFileTooLarge(file, bytes);
    return external(request);
  };
}

interface Initializers {
  readonly tensors: Map<string, Tensor>;
  /** Element types that graphs do not carry: they stay in the graph as `Constant` nodes. */
  readonly opaque: readonly onnx.INodeProto[];
  readonly names: ReadonlySet<string>;
}

function decodeInitializers(
  graph: onnx.IGraphProto,
  file: string,
  external: ReadExternal | undefined,
): Initializers {
  const tensors = new Map<string, Tensor>();
  const opaque: onnx.INodeProto[] = [];
  let bytes = 0;
  const add = (name: string | null | undefined, tensor: Tensor) => {
    tensors.set(name ?? '', tensor);
    bytes += tensor.data.byteLength;
    if (bytes > MAX_FILE_BYTES) throw modelFileTooLarge(file, bytes);
  };
  for (const proto of graph.initializer ?? []) {
    const tensor = decodeTensor(proto, external);
    if (tensor) add(proto.name, tensor);
    else opaque.push(opaqueConstant(proto));
  }
  for (const proto of graph.sparseInitializer ?? []) {
    const tensor = decodeSparse(proto, external);
    if (tensor) add(proto.values?.name, tensor);
  }
  return { tensors, opaque, names: new Set(opaque.flatMap(({ output }) => output ?? [])) };
}

/** Moves `Constant` nodes that hold numbers to the constants. */
function foldConstants(decoded: DecodedNodes, constants: Map<string, Tensor>): DecodedNodes {
  const nodes = decoded.nodes.filter((node) => {
    const output = node.outputs[0] ?? '';
    const tensor = constantOf(node);
    if (tensor === undefined || output === '' || constants.has(output)) return true;
    constants.set(output, tensor);
    return false;
  });
  return { ...decoded, nodes };
}

function decodeOutputs(
  graph: onnx.IGraphProto,
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Tensor>,
  inputs: readonly Value[],
  file: string,
): { outputs: Value[]; diagnostics: Diagnostic[] } {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const known = new Set([...producers.keys(), ...constants.keys(), ...inputs.map(({ name }) => name)]);
  const outputs: Value[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const proto of graph.output ?? []) {
    const name = proto.name ?? '';
    if (name === '' || !known.has(name)) throw missingOutput(name);
    const output = decodeOutput(proto, producers.get(name));
    if (output) outputs.push(output);
    else
      diagnostics.push({
        severity: 'warning',
        message: `Output "${name}" is no tensor of numbers and is left out.`,
      });
  }
  if (outputs.length === 0) throw emptyGraph(file, 'outputs');
  return { outputs, diagnostics };
}

function newerOpset(opset: number): Diagnostic[] {
  if (opset <= NEWEST_OPSET) return [];
  const message = `The model uses operator set ${opset}; operators are read by the rules of operator set ${NEWEST_OPSET}.`;
  return [{ severity: 'warning', message }];
}
