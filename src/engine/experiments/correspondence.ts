import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { tooFewImages } from '../../core/experimentErrors';
import {
  correspondence,
  type CorrespondenceImage,
} from '../../core/experiments/correspondence/correspondence';
import { isInside, squareAround, toCrop } from '../../core/imaging/cropView';
import type {
  AnnotatedPicture,
  CorrespondenceProgress,
  CorrespondenceRequest,
} from '../../protocol/correspondence';
import { readImageView } from '../images';
import type { OpenModel } from '../openModel';
import { resumablePlan } from './plan';

/** Hides the same part in every picture of a set and compares the changes: the plan first, then step by step. */
export async function* compareParts(
  model: OpenModel,
  request: CorrespondenceRequest,
  signal: AbortSignal,
): AsyncGenerator<CorrespondenceProgress> {
  const { network, summary, forwards } = model;
  const { parts, size, draws, seed, known } = request;
  const names = request.layers ?? network.layers.map(({ label }) => label);
  const layers = names.map((name) => tensorOf(network, name));
  const { images, leftOut } = await readImages(model, request, signal);
  if (images.length < 2) throw tooFewImages(images.length, parts, leftOut);
  const common = await resumablePlan(model, {
    images: request.images.map(({ image }) => image),
    settings: ['correspondence', request.images, parts, names, size, seed],
    steps: parts.length + draws,
    known,
    notes: leftOut.map((reason) => `Left out: ${reason}.`),
  });
  yield { kind: 'plan', plan: { ...common, layers: names, images: images.map(({ name }) => name) } };
  const { taken } = common;
  const firstDraw = Math.max(0, taken - parts.length);
  const settings = {
    preprocessing: summary.preprocessing,
    parts: parts.slice(taken),
    layers,
    size,
    draws: Array.from({ length: draws - firstDraw }, (_, i) => firstDraw + i),
    seed,
    signal,
  };
  const forward = await forwards.open({ tensors: [...new Set(layers)] });
  for await (const step of correspondence(forward, images, settings)) {
    yield { kind: 'step', step };
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
  }
}

/** The pictures that have all parts with room for a square around each, and why the others cannot be compared. */
async function readImages(
  model: OpenModel,
  { images: annotated, parts, size }: CorrespondenceRequest,
  signal: AbortSignal,
) {
  const images: CorrespondenceImage[] = [];
  const leftOut: string[] = [];
  for (const picture of annotated) {
    signal.throwIfAborted();
    const name = path.basename(picture.image);
    const missing = parts.filter((part) => !Object.hasOwn(picture.parts, part));
    if (missing.length > 0) {
      leftOut.push(`${name} has no ${missing.join(', ')}`);
      continue;
    }
    const image = await readParts(model, picture, size);
    const outside = parts.filter((part) => !isInside(image.parts.get(part)!, image.picture));
    if (outside.length === 0) images.push(image);
    else
      leftOut.push(`the square over ${outside.join(', ')} reaches beyond what the network sees of ${name}`);
  }
  return { images, leftOut };
}

async function readParts(
  { summary }: OpenModel,
  { image, parts }: AnnotatedPicture,
  size: number,
): Promise<CorrespondenceImage> {
  const { picture, view } = await readImageView(image, summary.preprocessing);
  const boxes = Object.entries(parts).map(
    ([part, place]) => [part, squareAround(toCrop(view, place), size)] as const,
  );
  return { name: path.basename(image), picture, parts: new Map(boxes) };
}
