import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import type { Graph } from '../../src/core/graph/graph';
import { architectures, graphOf } from '../support/architectures/index';
import { sharedModels } from '../support/sharedMaterial';

/** A model of the table. */
export interface Subject {
  readonly model: string;
  /** Where the graph comes from. */
  readonly source: 'built' | 'exported' | 'published';
  readonly graph: () => Graph;
}

/** The architectures that the tests build. */
export function built(): Subject[] {
  return architectures.map((architecture) => ({
    model: architecture.name,
    source: 'built',
    graph: () => graphOf(architecture),
  }));
}

/** The exports of `test/golden/torchvision/make.py` in a folder. */
export function exported(folder: string): Subject[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => ({
      model: file.replace('-kept.onnx', ', every node kept').replace('.onnx', ''),
      source: 'exported',
      graph: () => read(path.join(folder, file)),
    }));
}

/** The models beside the repository. */
export function published(): Subject[] {
  return [...sharedModels('models'), ...sharedModels('models/light')].map((file) => ({
    model: path.basename(file, '.onnx'),
    source: 'published',
    graph: () => read(file),
  }));
}

function read(file: string): Graph {
  return decodeOnnx(readFileSync(file), { file: path.basename(file) }).graph;
}
