import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createRanking, type Ranking } from '../../core/experiments/topActivations/ranking';
import { binCount } from '../../core/experiments/topActivations/histogram';
import type { ScannedLayer } from '../../core/experiments/topActivations/scan';
import { badQueueMessage } from '../../core/queueErrors';
import type { PassedOver, RankedImages } from '../../protocol/topActivations';
import { isInFolder } from '../topActivations/listImages';

/** Of the messages below; another number means that the other side is another version. */
const version = 1;

/** Some images of a scan, for one worker. */
export interface Portion {
  readonly version: typeof version;
  /** Which scan it is for. */
  readonly scan: string;
  /** Relative to the folder, with slashes. */
  readonly images: readonly string[];
  readonly layers: readonly string[];
  readonly each: number;
  /** Activations of each map that are worth telling. */
  readonly places: number;
  /** What tells whether the images are still those that were asked for. */
  readonly stamp: string;
}

export function createPortion(portion: Omit<Portion, 'version'>): Portion {
  return { version, ...portion };
}

const [mostImages, mostPlaces] = [10_000, 10_000];

/** Reads what a queue holds, which is anybody's who may write there: no path leads out of the folder. */
export function readPortion(data: unknown): Portion {
  const portion = (typeof data === 'object' && data !== null ? data : {}) as Partial<Portion>;
  const { images, layers, each, places, scan, stamp } = portion;
  const sound =
    portion.version === version &&
    isTexts(images) &&
    images.length <= mostImages &&
    images.every(isInFolder) &&
    isTexts(layers) &&
    isCount(each, mostPlaces) &&
    isCount(places, mostPlaces) &&
    typeof scan === 'string' &&
    typeof stamp === 'string';
  if (!sound) throw badQueueMessage('work');
  return portion as Portion;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= most;
}

/** What a text can hold of what was found; the numbers follow it as bytes. */
interface Head {
  readonly version: number;
  readonly images: readonly number[];
  readonly hashes: readonly (string | null)[];
  readonly passedOver: readonly PassedOver[];
  readonly places: number;
}

/** What came of a portion as one text: a line of JSON and the bytes of all numbers, little-endian, deflated, in base64. */
export function encodeFound({ images, hashes, passedOver, bins, rankings }: RankedImages): string {
  const head: Head = { version, images, hashes, passedOver, places: rankings[0]?.places ?? 1 };
  const numbers = rankings.flatMap(({ taken, cut, values, images: of, positions }) => [taken, cut, values, of, positions]); // prettier-ignore
  const bytes = [...bins, ...numbers].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)); // prettier-ignore
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...bytes]);
  return deflateRawSync(whole, { level: 1 }).toString('base64');
}

/** Reads it back for a portion of so many images. Throws a `UserError` where anything in it cannot be. */
export function decodeFound(
  text: unknown,
  { images: asked, places: most }: Portion,
  layers: readonly ScannedLayer[],
): RankedImages {
  const refuse = () => badQueueMessage('an answer');
  const maps = layers.reduce((sum, layer) => sum + layer.maps, 0);
  const longest = 2 ** 20 + asked.length * (maps + 2 ** 12) + maps * (5 + 12 * most);
  if (typeof text !== 'string' || text.length > 2 * longest) throw refuse();
  let whole: Buffer;
  let head: Head;
  try {
    whole = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: longest });
    head = JSON.parse(whole.subarray(0, whole.indexOf(10)).toString()) as Head;
  } catch {
    throw refuse();
  }
  const { places } = head;
  if (!isHead(head, asked.length) || places > most) throw refuse();
  const length = head.images.length * maps + maps * (5 + 12 * places);
  let at = whole.indexOf(10) + 1;
  if (whole.length - at !== length) throw refuse();
  const take = (bytes: number) => new Uint8Array(whole.subarray(at, (at += bytes)));
  const bins = head.images.map(() => take(maps));
  const rankings = layers.map((layer): Ranking => {
    const { taken, cut, values, images, positions } = createRanking(layer.maps, places);
    for (const array of [taken, cut, values, images, positions]) {
      new Uint8Array(array.buffer).set(take(array.byteLength));
    }
    return { maps: layer.maps, places, taken, cut, values, images, positions };
  });
  const soundBins = bins.every((of) => of.every((bin) => bin < binCount));
  const scanned = new Set(head.images);
  if (!soundBins || !rankings.every((ranking, i) => isRanking(ranking, layers[i]!, scanned))) throw refuse();
  return { images: head.images, hashes: head.hashes, passedOver: head.passedOver, bins, rankings };
}

/** Every image that was asked for, once: run or passed over. */
function isHead({ version: of, images, hashes, passedOver, places }: Partial<Head>, asked: number): boolean {
  if (of !== version || !Array.isArray(images) || !Array.isArray(hashes) || !Array.isArray(passedOver))
    return false;
  const isHash = (hash: unknown) =>
    hash === null || (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash));
  const problems = passedOver as readonly Partial<PassedOver>[];
  const numbers = [...(images as readonly number[]), ...problems.map(({ number }) => number)];
  return (
    isCount(places, mostPlaces) &&
    hashes.length === images.length &&
    hashes.every(isHash) &&
    problems.every(({ hash, problem }) => isHash(hash) && typeof problem === 'string') &&
    numbers.length === asked &&
    new Set(numbers).size === asked &&
    numbers.every((number) => Number.isInteger(number) && number! >= 0 && number! < asked)
  );
}

function isRanking(ranking: Ranking, { height, width }: ScannedLayer, scanned: ReadonlySet<number>): boolean {
  const { maps, places, taken, values, images, positions } = ranking;
  for (let map = 0; map < maps; map++) {
    if (taken[map]! < 0 || taken[map]! > places) return false;
    for (let at = map * places; at < map * places + taken[map]!; at++) {
      const within = positions[at]! >= 0 && positions[at]! < height * width;
      if (!within || !(values[at]! > 0) || !scanned.has(images[at]!)) return false;
    }
  }
  return true;
}
