import { metadataKeys } from '../core/formats/onnx/metadata';
import type { Graph } from '../core/graph/graph';
import type { ModelSummary } from '../protocol/model';

/** What a file may say about itself in a list: class names by the thousand are metadata, too. */
const mostEntries = 64;
const mostCharacters = 500;

/** What the file of a graph says about itself. Only ONNX files have an operator set of their own. */
export function describeMetadata({ opset, metadata }: Graph): ModelSummary['metadata'] {
  const opsets = metadata.has(metadataKeys.irVersion) ? [['onnx.opset', String(opset)] as const] : [];
  const entries = [...metadata].slice(0, mostEntries);
  return [...opsets, ...entries.map(([name, value]) => [shorten(name), shorten(value)] as const)];
}

function shorten(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
