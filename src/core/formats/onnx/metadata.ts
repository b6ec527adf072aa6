import type { onnx } from 'onnx-proto';
import { toNumber } from './proto';

/** Keys of `Graph.metadata` for what an ONNX file says about itself; its own `metadata_props` keep their names. */
export const metadataKeys = {
  producerName: 'onnx.producer_name',
  producerVersion: 'onnx.producer_version',
  domain: 'onnx.domain',
  modelVersion: 'onnx.model_version',
  docString: 'onnx.doc_string',
  graphDocString: 'onnx.graph_doc_string',
  irVersion: 'onnx.ir_version',
} as const;

/** Before version 4 every constant had to be an input as well, which graphs here do not do. */
const OLDEST_IR = 4;
/** The newest version that changed anything in what is written here: 4-bit integers. */
const NEWEST_IR = 10;

/** The first format version that officially knows an operator set. */
const irVersionOfOpset: readonly (readonly [opset: number, ir: number])[] = [
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
  [11, 6],
  [10, 5],
];

/** The format version to write a graph of an operator set with. */
export function irVersionFor(opset: number): number {
  return irVersionOfOpset.find(([first]) => opset >= first)?.[1] ?? OLDEST_IR;
}

/** The version to write a graph with: its own where the format of this project allows it. */
export function irVersionOf(metadata: ReadonlyMap<string, string>, opset: number): number {
  const declared = Number(metadata.get(metadataKeys.irVersion) ?? irVersionFor(opset));
  return clampIr(Number.isSafeInteger(declared) ? declared : irVersionFor(opset));
}

function clampIr(version: number): number {
  return Math.min(Math.max(version, OLDEST_IR), NEWEST_IR);
}

/** What a file says about itself, under `metadataKeys` and its own keys; what is empty is left out. */
export function decodeMetadata(model: onnx.IModelProto): Map<string, string> {
  const metadata = new Map<string, string>();
  for (const { key, value } of model.metadataProps ?? []) if (key) metadata.set(key, value ?? '');
  const { modelVersion } = model;
  const about: readonly (readonly [string, string | null | undefined])[] = [
    [metadataKeys.producerName, model.producerName],
    [metadataKeys.producerVersion, model.producerVersion],
    [metadataKeys.domain, model.domain],
    [metadataKeys.modelVersion, toNumber(modelVersion) === 0 ? '' : String(toNumber(modelVersion))],
    [metadataKeys.docString, model.docString],
    [metadataKeys.graphDocString, model.graph?.docString],
    [metadataKeys.irVersion, String(clampIr(toNumber(model.irVersion)))],
  ];
  for (const [key, value] of about) {
    if (value) metadata.set(key, value);
    else metadata.delete(key);
  }
  return metadata;
}
