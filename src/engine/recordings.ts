import { tensorOf, type Recording } from '../core/deconvnet/record';
import { preprocess } from '../core/imaging/preprocess';
import type { RecordStep, Subject } from '../protocol/model';
import { readImage } from './images';
import { createLru } from './lru';
import { fileStamp } from './modelFiles';
import type { Models } from './models';
import type { OpenModel } from './openModel';
import { recordInput, type Recorded } from './recorded';

/** Forward passes by model and image, anew where one of the files changed. */
export interface Recordings {
  /** The layers of the model are recorded, and the tensor that `layer` names where it is another one. */
  of(subject: Subject & { readonly layer?: string }, caller: Caller): Promise<Recorded>;
  /** Gives back the memory of a model's forward passes, and with them that of its weights. */
  forget(model: string): void;
}

export interface Caller {
  readonly signal: AbortSignal;
  readonly step?: (step: RecordStep) => Promise<void>;
}

/** What is kept in all. Feature maps and switches of one image through VGG16 take about 120 MB. */
const KEPT_BYTES = 384 * 2 ** 20;

/** Several callers may wait for one forward pass; it is abandoned when all of them have cancelled. */
interface Entry {
  readonly model: string;
  readonly result: Promise<Recorded>;
  waiting: number;
  /** Those who wait still get their answer. */
  forgotten: boolean;
}

export function createRecordings(models: Models): Recordings {
  const kept = createLru<Entry>(KEPT_BYTES);

  const start = (key: string, file: string, job: Job): Entry => {
    const goOn = () => {
      if (entry.waiting > 0) return;
      kept.delete(key);
      throw new Error('Every caller has cancelled.');
    };
    const entry: Entry = { model: file, result: recordImage(job, goOn), waiting: 0, forgotten: false };
    kept.set(key, entry, 0);
    entry.result.then(
      ({ recording }) => {
        if (!entry.forgotten) kept.set(key, entry, bytesOf(recording));
      },
      // What failed is tried again next time.
      () => kept.delete(key),
    );
    return entry;
  };

  return {
    forget: (file) => {
      for (const key of kept.keys()) {
        const entry = kept.get(key);
        if (entry?.model !== file) continue;
        entry.forgotten = true;
        kept.delete(key);
      }
    },
    of: async ({ model: file, image, layer }, { signal, step }) => {
      await step?.('model');
      return models.use(file, async (model) => {
        const stamp = await fileStamp(image);
        signal.throwIfAborted();
        const also = alsoRecorded(model, layer);
        const key = JSON.stringify([file, model.stamp, image, stamp, also]);
        const entry = kept.get(key) ?? start(key, file, { model, image, also, step });
        entry.waiting++;
        const leave = () => entry.waiting--;
        signal.addEventListener('abort', leave, { once: true });
        try {
          return await entry.result;
        } finally {
          signal.removeEventListener('abort', leave);
          signal.throwIfAborted();
        }
      });
    },
  };
}

interface Job {
  readonly model: OpenModel;
  readonly image: string;
  readonly also: string | undefined;
  readonly step: Caller['step'];
}

async function recordImage({ model, image, also, step }: Job, goOn: () => void): Promise<Recorded> {
  const { preprocessing } = model.summary;
  await step?.('image');
  const picture = await readImage(image, preprocessing);
  await step?.('forward');
  const recorder = await model.recorder(also);
  goOn();
  return recordInput(model, recorder, preprocess(picture, preprocessing));
}

/** The tensor to record beside those that every recording has. */
function alsoRecorded({ network, recorded }: OpenModel, layer: string | undefined): string | undefined {
  if (layer === undefined) return undefined;
  const tensor = tensorOf(network, layer);
  return recorded.has(tensor) ? undefined : tensor;
}

function bytesOf({ features, switches }: Recording): number {
  let bytes = 0;
  for (const { byteLength } of features.values()) bytes += byteLength;
  for (const { byteLength } of switches.values()) bytes += byteLength;
  return bytes;
}
