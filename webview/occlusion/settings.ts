import type { Fill, MapChoice } from '../../src/protocol/occlusion';

/** What the user chose; what is `null` the engine decides. */
export interface SweepSettings {
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly fill: Fill;
  readonly maps: readonly MapChoice[] | null;
  readonly label: number | null;
}

/** A seventh of the picture, moved by a quarter of itself: 32 and 8 of the usual 224 pixels. */
export function defaultSettings({
  height,
  width,
}: {
  readonly height: number;
  readonly width: number;
}): SweepSettings {
  const side = Math.max(1, Math.round(Math.min(height, width) / 7));
  const step = Math.max(1, Math.round(side / 4));
  return { size: [side, side], stride: [step, step], fill: [128, 128, 128], maps: null, label: null };
}

/** Settings that an earlier view kept, `null` where they cannot be used. */
export function restoredSettings(value: unknown): SweepSettings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { size, stride, fill, maps, label } = value as Record<string, unknown>;
  if (!isPair(size) || !isPair(stride) || !isFill(fill)) return null;
  if (maps !== null && !(Array.isArray(maps) && maps.length > 0 && maps.every(isMapChoice))) return null;
  if (label !== null && !isCount(label)) return null;
  return { size, stride, fill, maps: maps as readonly MapChoice[] | null, label };
}

/** `32` or `32 x 24`, height first; `null` where it is neither. */
export function parsePair(text: string): readonly [number, number] | null {
  const found = /^\s*(\d{1,5})\s*(?:[x×,]\s*(\d{1,5}))?\s*$/i.exec(text);
  return found ? [Number(found[1]), Number(found[2] ?? found[1])] : null;
}

/** `#ff8000`, as a colour field has it. */
export function parseColour(text: string): Fill {
  const colour = parseInt(text.slice(1), 16);
  return [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
}

function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

function isFill(value: unknown): value is Fill {
  if (Array.isArray(value)) return value.length === 3 && value.every((part) => isCount(part) && part < 256);
  return value === 'image-mean' || value === 'dataset-mean' || value === 'blur';
}

function isMapChoice(value: unknown): value is MapChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { layer, map } = value as Record<string, unknown>;
  return typeof layer === 'string' && isCount(map);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
