import { InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { noBundledModel } from '../core/errors';
import type { Fill } from '../core/experiments/occlusion/fill';
import type { MapChoice } from '../core/experiments/occlusion/plan';
import { parseShard, type Shard } from '../core/experiments/topActivations/shards';

/** `3` or `3,5,8`. */
export function parseMaps(text: string): number[] {
  return text.split(',').map(parseCount);
}

/** `conv2:7`, one more each time; the layer may hold colons itself. */
export function addMapChoice(text: string, before: readonly MapChoice[] = []): MapChoice[] {
  const [, layer, map] = /^(.+):(\d{1,9})$/.exec(text) ?? [];
  if (layer === undefined) throw new InvalidArgumentError('Expected a layer and a map, such as conv2:7.');
  return [...before, { layer, map: Number(map) }];
}

/** `conv1,conv2`, each once. */
export function parseNames(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))];
}

/** `y,x`. */
export function parsePosition(text: string): readonly [y: number, x: number] {
  const [y, x, ...rest] = text.split(',').map(parseCount);
  if (y === undefined || x === undefined || rest.length > 0) throw new InvalidArgumentError('Expected y,x.');
  return [y, x];
}

/** Empty where a script's variable is: that must not mean the current folder. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  return text;
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text.trim())) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A whole number from 1. */
export function parsePositive(text: string): number {
  const count = parseCount(text);
  if (count === 0) throw new InvalidArgumentError('Expected a whole number from 1.');
  return count;
}

/** Activations of a map: workers of a queue take no more. */
export function parsePlaces(text: string): number {
  const places = parsePositive(text);
  if (places > MOST_PLACES)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_PLACES}.`);
  return places;
}

const MOST_PLACES = 5000;

/** A grey level from 0 to 255. */
export function parseGrey(text: string): number {
  const grey = parseCount(text);
  if (grey > 255) throw new InvalidArgumentError('Expected a whole number from 0 to 255.');
  return grey;
}

/** `2/8`: the second of eight parts. */
export function parseShardOption(text: string): Shard {
  const shard = parseShard(text);
  if (!shard) throw new InvalidArgumentError('Expected a part and their number, such as 2/8.');
  return shard;
}

/** The model to use: the bundled one where none was named. */
export function modelPath(named: string | undefined): string {
  if (named !== undefined) return path.resolve(named);
  const bundled = path.resolve(import.meta.dirname, '../media/zfnet/zfnet.onnx');
  if (!existsSync(bundled)) throw noBundledModel();
  return bundled;
}

/** `32`, or `32x24` with the height first. */
export function parseLengths(text: string): readonly [y: number, x: number] {
  const [y, x = y, ...rest] = text.split('x').map(parseCount);
  if (y === undefined || x === undefined || rest.length > 0) {
    throw new InvalidArgumentError('Expected pixels, such as 32 or 32x24.');
  }
  return [y, x];
}

/** A grey level, `r,g,b`, or the name of a fill. */
export function parseFill(text: string): Fill {
  if (text === 'image-mean' || text === 'dataset-mean' || text === 'blur') return text;
  const [red, green = red, blue = red, ...rest] = text.split(',').map(parseCount);
  const colour = [red, green, blue].map((part) => part ?? 256);
  if (rest.length > 0 || text.split(',').length === 2 || colour.some((part) => part > 255)) {
    throw new InvalidArgumentError('Expected 0 to 255, r,g,b, image-mean, dataset-mean or blur.');
  }
  return [colour[0]!, colour[1]!, colour[2]!];
}
