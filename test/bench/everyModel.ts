import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { forward, wholePanel, withEngine } from './measure';
import { root, writeImage } from './models';
import { table } from './tables';
import { published } from '../conformance/subjects';
import { sharedFolder } from '../support/sharedMaterial';

interface NamedModel {
  readonly name: string;
  /** Its file; published graphs without weights get seeded ones and are written to `folder`. */
  readonly file: (folder: string) => Promise<string>;
}

/** What one model costs, in an engine of its own. */
interface Cost {
  readonly layers: number;
  /** The forward pass with all features and switches, once the model is warm. */
  readonly forwardMs: number;
  /** From the request to nine maps of every layer, the engine running, the model not open yet. */
  readonly allMs: number;
  /** Of the engine's process, the largest it has been; `undefined` where the system does not tell. */
  readonly peakMiB: number | undefined;
}

/** Nine maps of its 121 layers would take more than ten minutes by the time that CONFORMANCE.md has for one projection. */
const leftOut = 'light_densenet121';

/** The bundled model and those beside the repository, which not everyone has. */
function models(): NamedModel[] {
  const tfjs = path.join(sharedFolder, 'models/tfjs');
  const folders = existsSync(tfjs) ? readdirSync(tfjs) : [];
  return [
    { name: 'ZFNet (bundled)', file: async () => path.join(root, 'media/zfnet/zfnet.onnx') },
    ...published()
      .filter(({ model }) => model !== leftOut)
      .map(({ model, file }) => ({ name: model, file })),
    ...folders.map((name) => ({
      name: `${name} (TensorFlow.js)`,
      file: async () => path.join(tfjs, name, 'model.json'),
    })),
  ];
}

interface EveryModelOptions {
  /** The engine's bundle. */
  readonly entry: string;
  /** For the picture. */
  readonly folder: string;
  readonly machine: string;
}

/** A table with a row for every model: what opening its panel takes, in time and in memory. */
export async function everyModelTable({ entry, folder, machine }: EveryModelOptions): Promise<string> {
  const image = await writeImage(folder);
  const start = performance.now();
  const rows: string[][] = [];
  for (const { name, file } of models()) {
    console.error(`${name} …`);
    const { layers, forwardMs, allMs, peakMiB } = await costOf(entry, { model: await file(folder), image });
    const peak = peakMiB === undefined ? '–' : `${Math.round(peakMiB)} MiB`;
    rows.push([name, String(layers), ...[forwardMs, allMs].map((time) => `${Math.round(time)} ms`), peak]);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const head = ['model', 'layers', 'forward pass', '9 maps of every layer', 'memory peak'];
  return `Measured by \`npm run bench -- models\` on ${machine}, which took ${seconds} s. Each model has an engine of its own. Without ${leftOut}: by [CONFORMANCE.md](CONFORMANCE.md) it would take more than ten minutes.\n\n${table([head, ...rows])}`;
}

async function costOf(entry: string, subject: { model: string; image: string }): Promise<Cost> {
  return withEngine(entry, async (engine) => {
    await engine.peer.call('ping', null);
    const { milliseconds, count } = await wholePanel(engine, subject);
    return {
      layers: count,
      allMs: milliseconds,
      forwardMs: await forward(engine, subject),
      peakMiB: peakOf(engine.pid()),
    };
  });
}

/** The largest resident set that a process has had. Linux writes it down. */
function peakOf(pid: number | undefined): number | undefined {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}
