import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import { architectures, graphOf } from '../support/architectures/index';
import { withLivelyMaps } from '../support/livelyMaps';
import { withSeededWeights } from '../support/seededWeights';
import { sharedModels } from '../support/sharedMaterial';
import { readTorchProjections, type TorchProjections, type TorchUnit } from '../support/torchUnits';

/** A model of the table. */
export interface Subject {
  readonly model: string;
  /** Where the graph comes from. */
  readonly source: 'built' | 'exported' | 'published';
  readonly graph: () => Graph;
  /** What `graph` is read from. */
  readonly bytes: () => Uint8Array;
  /** The file that the engine opens, which is written into the folder where there is none with weights. */
  readonly file: (folder: string) => Promise<string>;
  /** What PyTorch makes of the definition that was exported; other models are interpreted node by node. */
  readonly torch?: () => TorchProjections;
}

/** The architectures that the tests build. */
export function built(): Subject[] {
  return architectures.map((architecture) => ({
    model: architecture.name,
    source: 'built',
    graph: () => graphOf(architecture),
    bytes: () => encodeOnnx(graphOf(architecture)),
    file: async (folder) => written(folder, graphOf(architecture)),
  }));
}

/** The exports of `test/golden/torchvision/make.py` in a folder. */
export function exported(folder: string): Subject[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.onnx'))
    .map((name) => {
      const architecture = name.replace(/(-kept)?\.onnx$/, '');
      return {
        model: name.replace('-kept.onnx', ', every node kept').replace('.onnx', ''),
        source: 'exported',
        ...fromFile(path.join(folder, name)),
        torch: () => readTorchProjections(folder, architecture, unitsOf(folder, architecture)),
      };
    });
}

function unitsOf(folder: string, architecture: string): readonly TorchUnit[] {
  const text = readFileSync(path.join(folder, `${architecture}.json`), 'utf8');
  return (JSON.parse(text) as { units: TorchUnit[] }).units;
}

/** The models beside the repository. Those that come without weights get seeded ones. */
export function published(): Subject[] {
  const subjectOf = (file: string) =>
    ({ model: path.basename(file, '.onnx'), source: 'published', ...fromFile(file) }) as const;
  const light = sharedModels('models/light').map((file): Subject => {
    const subject = subjectOf(file);
    const weighted = () => withLivelyMaps(withSeededWeights(subject.graph()));
    return { ...subject, file: async (folder) => written(folder, await weighted()) };
  });
  return [...sharedModels('models').map(subjectOf), ...light];
}

function fromFile(file: string): Pick<Subject, 'graph' | 'bytes' | 'file'> {
  const bytes = () => readFileSync(file);
  return {
    graph: () => decodeOnnx(bytes(), { file: path.basename(file) }).graph,
    bytes,
    file: async () => file,
  };
}

function written(folder: string, graph: Graph): string {
  const file = path.join(folder, 'model.onnx');
  writeFileSync(file, encodeOnnx(graph));
  return file;
}
