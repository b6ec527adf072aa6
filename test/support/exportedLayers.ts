import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import { traitsOf } from '../../src/core/graph/layerTraits';
import { openNetwork } from '../../src/core/network';
import type { GraphLayer } from '../../src/core/source/match';

const golden = path.resolve(import.meta.dirname, '../golden/source');
const exports = process.env.EXPORTS;

/** Layers of a graph that PyTorch exported, as `test/golden/source/export.py` tells; one a line. */
export function exportedLayers(model: string): GraphLayer[] {
  const file = path.join(golden, `${model}.json`);
  if (exports !== undefined) {
    const network = openNetwork(decodeOnnx(readFileSync(path.join(exports, `${model}.onnx`))).graph);
    const layers = network.layers.map((layer) => ({
      label: layer.label,
      traits: traitsOf(layer, network.resolved),
    }));
    writeFileSync(file, `[\n${layers.map((layer) => JSON.stringify(layer)).join(',\n')}\n]\n`);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as GraphLayer[];
}
