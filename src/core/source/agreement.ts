import type { LayerTraits } from '../graph/layerTraits';
import type { LayerArguments } from './definition';
import type { Mismatch } from './match';

const channels = ['inChannels', 'outChannels'] as const;
const telling = [...channels, 'kernel', 'stride'] as const;
const all = [...telling, 'dilation', 'groups'] as const;
const everything = [...all, 'padding'] as const;

/** The numbers that code and model both have and do not agree on. Where others differ, the padding follows from them. */
export function mismatchesOf(source: LayerArguments, traits: LayerTraits): Mismatch[] {
  if (traits.kind === 'dense') return differences(channels, source, traits);
  const found = differences(all, source, traits);
  return found.length > 0 ? found : differences(['padding'], source, traits);
}

/** Whether there are no mismatches. */
export function agrees(source: LayerArguments, traits: LayerTraits): boolean {
  const compared = traits.kind === 'dense' ? channels : everything;
  return compared.every((argument) => !contradicts(argument, source, traits));
}

type Compared = (typeof everything)[number];

function differences(compared: readonly Compared[], source: LayerArguments, traits: LayerTraits): Mismatch[] {
  return compared
    .filter((argument) => contradicts(argument, source, traits))
    .map((argument) => ({
      argument,
      source: listed(source[argument] as Numbers),
      model: listed(traits[argument] as Numbers),
    }));
}

function contradicts(argument: Compared, source: LayerArguments, traits: LayerTraits): boolean {
  const said = source[argument];
  const has = traits[argument];
  // Words for the padding leave it to the library, and tools move paddings of their own into convolutions.
  return said !== undefined && typeof said !== 'string' && has !== null && differ(said, has);
}

/** How much speaks for it that a line defines a layer of its kind: above 0 where channels, kernel and stride agree rather than not. */
export function agreement(source: LayerArguments, traits: LayerTraits): number {
  let sum = 1;
  for (const argument of traits.kind === 'dense' ? channels : telling) {
    const said = source[argument];
    if (said !== undefined) sum += differ(said, traits[argument]) ? -1 : 2;
  }
  return sum;
}

type Numbers = number | readonly [number, number];

function differ(a: Numbers, b: Numbers): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a !== b;
  return a[0] !== b[0] || a[1] !== b[1];
}

function listed(value: Numbers): readonly number[] {
  return typeof value === 'number' ? [value] : value;
}
