import { damagedModelFile, modelFileTooLarge } from '../../errors';
import type { Imported } from '../../graph/graph';
import { metadataKeys } from '../onnx/metadata';
import { fieldsOf, isFields, type Fields } from './json';
import { graphModelGraph } from './graphModel';
import { layersGraph } from './layersModel';
import { openWeights, type ShardFiles } from './weights';
import { badModelDescription } from './refusals';

/** A topology is text: weights are in files of their own, and nothing that a program wrote comes near this. */
const MOST_BYTES = 2 ** 26;

/** What the bytes of a `model.json` do not say. */
export interface TfjsOptions {
  readonly shards: ShardFiles;
  /** How messages call the file. */
  readonly file: string;
}

/**
 * Reads a TensorFlow.js model, a layers model (Keras) or a graph model (a frozen TensorFlow graph), into the graph that
 * ONNX models become: the same operators, feature maps `[batch, channels, height, width]`, float32 weights. Whatever
 * is wrong with it is a `UserError` that names the file, the layer or the weight.
 */
export function decodeTfjs(bytes: Uint8Array, { shards, file }: TfjsOptions): Imported {
  if (bytes.byteLength > MOST_BYTES) throw modelFileTooLarge(file, bytes.byteLength);
  try {
    const model = parse(bytes, file);
    const weights = openWeights(model.weightsManifest, shards);
    const topology = fieldsOf(model.modelTopology, '"modelTopology"');
    const graph = isGraph(topology)
      ? graphModelGraph(topology, weights, model.signature)
      : layersGraph(topology, weights);
    const metadata = new Map([...declaredBy(model), ...graph.metadata]);
    return { graph: { ...graph, metadata }, diagnostics: [] };
  } catch (error) {
    // A hostile file can nest its lists deeper than the stack.
    if (error instanceof RangeError) throw damagedModelFile(file);
    throw error;
  }
}

/** What whoever saved the model wrote into it by `setUserDefinedMetadata`: texts and numbers under names that are free. */
function declaredBy({ userDefinedMetadata }: Fields): [string, string][] {
  const entries = isFields(userDefinedMetadata) ? Object.entries(userDefinedMetadata) : [];
  const taken = new Set<string>(Object.values(metadataKeys));
  return entries.flatMap(([name, value]): [string, string][] =>
    !taken.has(name) && (typeof value === 'string' || typeof value === 'number')
      ? [[name, String(value)]]
      : [],
  );
}

function isGraph(topology: Fields): boolean {
  return Array.isArray(topology.node);
}

function parse(bytes: Uint8Array, file: string): Fields {
  const text = new TextDecoder().decode(bytes);
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw damagedModelFile(file);
    throw error;
  }
  if (!isFields(model)) throw badModelDescription('the file holds no object');
  return model;
}
