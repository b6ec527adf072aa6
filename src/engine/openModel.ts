import path from 'node:path';
import { channelMismatch, UserError } from '../core/errors';
import { metadataKeys } from '../core/formats/onnx/metadata';
import type { Sidecar } from '../core/formats/sidecar';
import type { Graph } from '../core/graph/graph';
import { traitsOf } from '../core/graph/layerTraits';
import { guessPreprocessing } from '../core/imaging/guessPreprocessing';
import { channelCount } from '../core/imaging/preprocess';
import type { Preprocessing } from '../core/imaging/preprocessing';
import type { Network } from '../core/network';
import { counted } from '../core/report/numbers';
import { instrument, type Instrumented } from '../core/rewrite/instrument';
import { faithfulness } from '../core/deconvnet/faithfulness';
import { receptiveField } from '../core/deconvnet/receptiveField';
import type { TransposedProducts } from '../core/deconvnet/products';
import type { Runtime, Session } from '../core/runtime';
import type { LayerSummary, ModelSummary } from '../protocol/model';
import { describeMetadata } from './describeMetadata';
import { createForwards, type Forwards } from './forwards';
import { createLesions, type Lesions } from './lesions';
import { measureShapes } from './measureShapes';
import type { ProductRunner } from './runtimes/products';
import { findSource, labelsStamp, readLabels, readSidecar } from './modelFiles';
import { readModel } from './readModel';

/** A model that is ready to run. */
export interface OpenModel {
  /** Changes when the model's file, its sidecar, its weights or its labels do. */
  readonly stamp: string;
  /** The files beside the model that hold its weights and its labels, with their stamps when they were read. */
  readonly furtherFiles: ReadonlyMap<string, string>;
  readonly network: Network;
  /** The tensors that every recording has. */
  readonly recorded: ReadonlySet<string>;
  /** Records those, and `also` one more. */
  readonly recorder: (also?: string) => Promise<Recorder>;
  readonly products: TransposedProducts;
  /** Parts of the network for many images at once. */
  readonly forwards: Pick<Forwards, 'open' | 'single'>;
  /** The network with feature maps switched off. */
  readonly lesions: Pick<Lesions, 'open'>;
  readonly summary: ModelSummary;
  /** Class names in order; `null` where the sidecar gives none. */
  readonly labels: readonly string[] | null;
  readonly close: () => Promise<void>;
}

/** A session of the network with features and switches as outputs. */
export interface Recorder {
  readonly instrumented: Instrumented;
  readonly session: Session;
}

/** What computes: one runtime, and matrix products on it. */
export interface Backend {
  readonly runtime: Promise<Runtime>;
  readonly products: Promise<ProductRunner>;
}

interface Declared {
  readonly preprocessing: Preprocessing;
  readonly origin: ModelSummary['preprocessingOrigin'];
  readonly reason: string;
}

/** Reads a model file with its sidecar, labels and external data. Sessions open when something is run. */
export async function openModel(file: string, stamp: string, backend: Backend): Promise<OpenModel> {
  const runtime = await backend.runtime;
  const name = path.basename(file);
  const { graph, diagnostics, hash, weightFiles } = await readModel(file);
  const sidecar = await readSidecar(file);
  const inputSize = sidecar?.preprocess?.crop ?? undefined;
  const network = await measureShapes(graph, { inputSize }, runtime);
  const { preprocessing, origin, reason } = preprocessingOf(network, graph, sidecar, name);
  const { labels, warnings: labelWarnings, files: labelFiles } = await labelsOf(file, network, sidecar);
  const furtherFiles = new Map([...weightFiles, ...labelFiles]);
  const { source, warnings: sourceWarnings } = await sourceOf(file, sidecar);
  const recorders = createRecorders(network, name, runtime);
  const forwards = createForwards(network, name, runtime);
  const lesions = createLesions(network, name, { runtime, forwards });
  const [, channels, height, width] = network.input.dims;
  const warnings = [
    ...diagnostics.map(({ message }) => message),
    ...(sidecar?.warnings ?? []),
    ...labelWarnings,
    ...sourceWarnings,
    ...weightWarnings(graph),
    ...(runtime.note === undefined ? [] : [runtime.note]),
  ];
  const summary: ModelSummary = {
    path: file,
    furtherFiles: [...furtherFiles.keys()],
    name,
    runtime: runtime.name,
    hash,
    inputShape: [channels, height, width],
    preprocessing,
    preprocessingOrigin: origin,
    preprocessingReason: reason,
    source,
    layers: summariseLayers(network),
    metadata: describeMetadata(graph),
    warnings,
  };
  return {
    stamp: [stamp, ...furtherFiles.values()].join(' '),
    furtherFiles,
    network,
    recorded: new Set(instrument(network, []).features),
    recorder: recorders.of,
    products: await backend.products,
    forwards,
    lesions,
    summary,
    labels,
    close: async () => {
      await recorders.close();
      await forwards.close();
      await lesions.close();
    },
  };
}

/** Opens a session for the layers when it is asked for, and another one for some other tensor. Scans need neither. */
function createRecorders(network: Network, name: string, runtime: Runtime) {
  const opened = new Map<string | undefined, Promise<Recorder>>();
  const open = async (also: string | undefined): Promise<Recorder> => {
    const instrumented = instrument(network, also === undefined ? [] : [also]);
    return { instrumented, session: await runtime.open({ ...instrumented.graph, name }) };
  };
  return {
    of: (also?: string): Promise<Recorder> => {
      const recorder = opened.get(also) ?? open(also);
      opened.set(also, recorder);
      // What failed is tried again next time.
      recorder.catch(() => opened.delete(also));
      return recorder;
    },
    close: async (): Promise<void> => {
      for (const recorder of opened.values()) await (await recorder).session.close();
    },
  };
}

function summariseLayers(network: Network): LayerSummary[] {
  return network.layers.map((layer) => {
    const { label, op, tensor, shape, parameters } = layer;
    const { size, stride } = receptiveField(network, tensor);
    return {
      label,
      op,
      tensor,
      shape,
      receptiveField: { size, stride },
      parameters,
      traits: traitsOf(layer, network.resolved),
      faithfulness: {
        deconvnet: faithfulness(network, tensor, 'deconvnet'),
        guided: faithfulness(network, tensor, 'guided'),
        gradient: faithfulness(network, tensor, 'gradient'),
      },
    };
  });
}

function preprocessingOf(network: Network, graph: Graph, sidecar: Sidecar | null, name: string): Declared {
  const [, channels, height, width] = network.input.dims;
  const declared = sidecar?.preprocess;
  if (declared) {
    if (channelCount(declared) !== channels) throw channelMismatch(name, channels, declared.channels);
    const crop = [height, width] as const;
    const preprocessing = { ...declared, crop, resize: declared.resize ?? Math.min(height, width) };
    return { preprocessing, origin: 'declared', reason: 'Declared in the sidecar of the model.' };
  }
  const guess = guessPreprocessing({
    input: network.input,
    producer: graph.metadata.get(metadataKeys.producerName) ?? '',
    metadata: graph.metadata,
    firstOp: graph.nodes.find(({ inputs }) => inputs.includes(network.input.name))?.op ?? '',
  });
  return { ...guess, origin: 'guessed' };
}

interface DeclaredLabels {
  readonly labels: readonly string[] | null;
  readonly warnings: readonly string[];
  /** The file that holds them, if any, with its stamp before it was read. */
  readonly files: ReadonlyMap<string, string>;
}

/** Labels only name what is shown: where they cannot be read, classes keep their numbers. */
async function labelsOf(
  file: string,
  { classifier }: Network,
  sidecar: Sidecar | null,
): Promise<DeclaredLabels> {
  const declared = sidecar?.labels ?? null;
  if (declared === null) return { labels: null, warnings: [], files: new Map() };
  const files = typeof declared === 'string' ? await labelsStamp(file, declared) : new Map<string, string>();
  try {
    const labels = typeof declared === 'string' ? await readLabels(file, declared) : declared;
    if (!classifier || labels.length === classifier.classes) return { labels, warnings: [], files };
    const warning = `The sidecar names ${counted(labels.length, 'label')}, but the model has ${counted(classifier.classes, 'class', 'classes')}.`;
    return { labels, warnings: [warning], files };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { labels: null, warnings: [`${error.message} ${error.hint}`], files };
  }
}

async function sourceOf(
  file: string,
  sidecar: Sidecar | null,
): Promise<{ source: string | null; warnings: readonly string[] }> {
  const name = sidecar?.source ?? null;
  if (name === null) return { source: null, warnings: [] };
  const source = await findSource(file, name);
  const warning = `The sidecar names the source ${name}, which is not a file in the model's folder.`;
  return { source, warnings: source === null ? [warning] : [] };
}

/** The first weight that holds NaN or an infinite value: everything behind it will, too. */
function weightWarnings(graph: Graph): string[] {
  for (const [name, { type, data }] of graph.constants) {
    if (type !== 'float32' && type !== 'float64') continue;
    // Zero times anything is zero unless it is infinite or no number.
    let probe = 0;
    for (let i = 0; i < data.length; i++) probe += data[i]! * 0;
    if (probe !== 0) return [`The weights "${name}" hold values that are not finite numbers.`];
  }
  return [];
}
