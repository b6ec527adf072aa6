import type { Ranking } from '../core/experiments/topActivations/ranking';
import type { ScannedPass } from '../core/experiments/topActivations/scan';
import type { Shard } from '../core/experiments/topActivations/shards';
import type { Picture } from '../core/imaging/preprocessing';
import type { PictureFile, ProjectedUnit } from './model';

/** The strongest activations of a model over a folder of pictures. Absolute paths on the engine's side. */
export interface TopSubject {
  readonly model: string;
  readonly folder: string;
  /** The SQLite file with the findings. */
  readonly index: string;
}

export interface ScanRequest extends TopSubject {
  /** How many activations of each map are wanted. */
  readonly k: number;
  /** How many of them one image may hold. */
  readonly each: number;
  /** Labels; all layers where left out. */
  readonly layers?: readonly string[];
  /** Which of the images; all where left out. */
  readonly shard?: Shard;
}

/** Where workers on other machines wait for images. */
export interface QueuePlace {
  /** `redis://host:6379`, or `rediss://` with TLS; without a password. */
  readonly address: string;
  readonly password?: string;
}

export interface ScanProgress {
  /** Another scan of the index has to end first; images are looked for in the folder, compared with the index, then those run that are not in it. */
  readonly step: 'waiting' | 'looking' | 'comparing' | 'running';
  /** Of the folder, as far as they are found. */
  readonly images: number;
  /** Of those, how many have to be compared or run, and how many of these are done; 0 before they are found. */
  readonly pending: number;
  readonly done: number;
  /** Workers of the queue, where the images are run by these. */
  readonly workers?: number;
}

/** What images are run through, and where they are. */
export interface ScanSubject {
  readonly model: string;
  readonly folder: string;
  /** Labels. */
  readonly layers: readonly string[];
  /** Activations of a map that one image may hold. */
  readonly each: number;
}

/** Images to run, wherever that may be. */
export interface ImagesRequest extends ScanSubject {
  /** Relative to the folder. */
  readonly images: readonly string[];
}

/** What came of some images. Images are numbers of the request. */
export interface ScannedImages extends ScannedPass {
  /** SHA-256 of the files, in the order of `images`. */
  readonly hashes: readonly (string | null)[];
  readonly passedOver: readonly PassedOver[];
}

/** What came of some images, ranked among themselves: less to send than `ScannedImages` where they are many. */
export interface RankedImages extends Pick<ScannedImages, 'images' | 'hashes' | 'passedOver'> {
  /** For each image the bins it is counted in, a byte a map, layer after layer. */
  readonly bins: readonly Uint8Array[];
  /** In the order of the layers; images are numbers of the request. */
  readonly rankings: readonly Ranking[];
}

/** An image that could not be read. */
export interface PassedOver {
  readonly number: number;
  readonly hash: string | null;
  readonly problem: string;
}

/** An image that was passed over, its path relative to the folder, and why; a folder where the path ends in a slash. */
export interface ScanProblem {
  readonly path: string;
  readonly problem: string;
}

export interface ScanResult {
  /** Of the folder. */
  readonly images: number;
  /** Of those, how many were run. */
  readonly scanned: number;
  /** How the folder differed from the index: images that it did not have, those with another content, and those that are gone. */
  readonly added: number;
  readonly changed: number;
  readonly gone: number;
  /** How many could not be read. */
  readonly unread: number;
  /** Folders that could not be read, or not to their end. */
  readonly folders: number;
  /** Of what could not be read, the first thousand by path. */
  readonly problems: readonly ScanProblem[];
  readonly layers: readonly { readonly label: string; readonly maps: number; readonly inactive: number }[];
}

/** What an index holds, without the activations themselves. */
export interface TopIndex {
  /** Images that were run. */
  readonly images: number;
  readonly k: number;
  readonly each: number;
  readonly layers: readonly TopLayer[];
  /** The first thousand. */
  readonly problems: readonly ScanProblem[];
}

export interface TopLayer {
  readonly label: string;
  readonly maps: number;
  /** Maps that no image activates. */
  readonly inactive: readonly number[];
}

export interface TopMapsRequest extends TopSubject {
  /** The layer's label. */
  readonly layer: string;
  readonly maps: readonly number[];
}

export interface TopPreviewRequest extends TopSubject {
  /** The layer's label. */
  readonly layer: string;
  /** The picture's file is no larger. */
  readonly bytes: number;
  /** Pixels of its longer side, at most. */
  readonly side: number;
}

/** What activates the strongest maps of a layer most, in a few kilobytes. */
export interface TopPreview extends PictureFile {
  /** Strongest first, side by side in the picture. */
  readonly maps: readonly number[];
}

/** What an index says of one feature map. */
export interface TopMap {
  readonly map: number;
  /** Strongest first, at most `k`. */
  readonly places: readonly TopPlace[];
  /** Images by their strongest activation of the map, in the bins of `core/experiments/topActivations/histogram.ts`. */
  readonly histogram: Uint32Array;
}

export interface TopPlace {
  readonly value: number;
  /** Relative to the folder, with slashes. */
  readonly image: string;
  readonly position: readonly [y: number, x: number];
}

/** A place of a map, as pictures. */
export interface ProjectedPlace {
  readonly map: number;
  readonly place: number;
  readonly unit: ProjectedUnit;
  /** What the network saw there, cut at the box that `displayBox` gives for the receptive field. */
  readonly patch: Picture;
  /** Of the whole network input. */
  readonly input: { readonly height: number; readonly width: number };
}

/** An image can have gone since it was scanned; the others are shown all the same. */
export type PlaceProgress =
  | { readonly kind: 'projected'; readonly projected: ProjectedPlace }
  | { readonly kind: 'failed'; readonly map: number; readonly place: number; readonly problem: string };
