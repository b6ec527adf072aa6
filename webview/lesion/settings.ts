import type { LesionChoice, LesionMode } from '../../src/protocol/lesion';

/** What the user chose; what is `null` the engine decides. */
export interface LesionSettings {
  readonly mode: LesionMode;
  /** The class that is followed. */
  readonly label: number | null;
  /** The layer whose maps are ranked; `null` ranks whole layers. */
  readonly ranked: string | null;
  /** What is switched off now. */
  readonly off: readonly LesionChoice[];
}

export const defaultSettings: LesionSettings = { mode: 'zero', label: null, ranked: null, off: [] };

/** The lesion with one map of a layer, or the whole layer, switched the other way. */
export function toggled(
  off: readonly LesionChoice[],
  { layer, maps }: LesionChoice,
): readonly LesionChoice[] {
  const others = off.filter((choice) => choice.layer !== layer);
  const now = off.find((choice) => choice.layer === layer);
  if (maps === 'all') return now?.maps === 'all' ? others : [...others, { layer, maps }];
  const before = now === undefined || now.maps === 'all' ? [] : now.maps;
  const added = maps.filter((map) => !before.includes(map));
  const kept = added.length > 0 ? [...before, ...added] : before.filter((map) => !maps.includes(map));
  return kept.length === 0 ? others : [...others, { layer, maps: kept.sort((a, b) => a - b) }];
}

/** Whether everything that a lesion names is switched off. */
export function isOff(off: readonly LesionChoice[], lesion: readonly LesionChoice[]): boolean {
  return lesion.every(({ layer, maps }) => {
    const now = off.find((choice) => choice.layer === layer);
    if (now === undefined) return false;
    if (maps === 'all' || now.maps === 'all') return now.maps === maps;
    const present = now.maps;
    return maps.every((map) => present.includes(map));
  });
}

/** Maps as they are typed: `3`, `3, 7`, or nothing for the whole layer. `null` where it is none of these. */
export function parseMaps(text: string, count: number): LesionChoice['maps'] | null {
  if (text.trim() === '') return 'all';
  const maps = text.split(/[\s,]+/).filter((part) => part !== '');
  if (!maps.every((map) => /^\d{1,6}$/.test(map) && Number(map) < count)) return null;
  return [...new Set(maps.map(Number))];
}

/** Settings that an earlier view kept, `null` where they cannot be used. */
export function restoredSettings(value: unknown): LesionSettings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { mode, label, ranked, off } = value as Partial<LesionSettings>;
  if (mode !== 'zero' && mode !== 'mean') return null;
  if (label !== null && !Number.isInteger(label)) return null;
  if (ranked !== null && typeof ranked !== 'string') return null;
  if (!Array.isArray(off) || !off.every(isChoice)) return null;
  return { mode, label: label ?? null, ranked, off };
}

function isChoice(value: unknown): value is LesionChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { layer, maps } = value as Partial<LesionChoice>;
  if (typeof layer !== 'string') return false;
  return maps === 'all' || (Array.isArray(maps) && maps.every((map) => Number.isInteger(map)));
}
