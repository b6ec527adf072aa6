import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { anotherArchitecture, tooFewCheckpoints } from '../../core/experimentErrors';
import { epochOf, inOrder, type Checkpoint } from '../../core/experiments/evolution/checkpoints';
import type { Models } from '../models';
import type { OpenModel } from '../openModel';

const MODEL_JSON = 'model.json';

/** The models of a folder as checkpoints of one network, by epoch. Throws a `UserError` where they are not. */
export async function findCheckpoints(
  folder: string,
  models: Models,
  signal: AbortSignal,
): Promise<readonly Checkpoint[]> {
  const names = await modelsIn(folder);
  if (names.length < 2) throw tooFewCheckpoints(folder, names.length);
  const found: Checkpoint[] = [];
  let first: Architecture | undefined;
  for (const name of names) {
    signal.throwIfAborted();
    const file = path.join(folder, name);
    const { architecture, epoch } = await models.use(file, async (model) => ({
      architecture: architectureOf(name, model),
      epoch: epochOf(name, model.network.resolved.graph.metadata),
    }));
    first ??= architecture;
    requireSame(architecture, first);
    found.push({ file, name, epoch });
  }
  return inOrder(found);
}

/** Files of ONNX, and folders that hold what TensorFlow.js writes, which gives every model the same name. */
async function modelsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (/\.onnx$/i.test(entry.name)) names.push(entry.name);
    else if (!entry.isFile() && (await isFile(path.join(folder, entry.name, MODEL_JSON)))) names.push(`${entry.name}/${MODEL_JSON}`); // prettier-ignore
  }
  return names.sort();
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

interface Architecture {
  readonly name: string;
  /** Shapes of feature maps by layer. */
  readonly layers: ReadonlyMap<string, string>;
}

function architectureOf(name: string, { network }: OpenModel): Architecture {
  return { name, layers: new Map(network.layers.map(({ label, shape }) => [label, shape.join(',')])) };
}

function requireSame(architecture: Architecture, first: Architecture): void {
  const labels = [...new Set([...first.layers.keys(), ...architecture.layers.keys()])];
  const differs = labels.find((label) => architecture.layers.get(label) !== first.layers.get(label));
  if (differs !== undefined) throw anotherArchitecture(architecture.name, first.name, differs);
}
