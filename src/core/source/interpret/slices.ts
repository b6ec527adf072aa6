import { containerKind, isKind, listOf, unknown, type ObjectValue, type Value } from './values';

/** `elements[start:end:step]` of a list or a text; unknown where a bound is. */
export function sliceOf(object: Value, elements: readonly Value[], bounds: readonly Value[]): Value {
  const [start, end, step = 1] = bounds.map((bound) => bound ?? undefined);
  const isCount = (bound: Value | undefined) => bound === undefined || Number.isInteger(bound);
  if (![start, end, step].every(isCount) || typeof step !== 'number' || step === 0) return unknown;
  const places = placesOf(elements.length, { start: start as number, end: end as number, step });
  return typeof object === 'string'
    ? places.map((place) => object[place]).join('')
    : listOf(places.map((place) => elements[place]!));
}

/** Some modules of a row: those of a sequence keep their names, others are numbered anew. */
export function sliceOfModules(object: ObjectValue, bounds: readonly Value[]): Value {
  const names = [...object.attributes.keys()];
  const kept = sliceOf(listOf(names), names, bounds);
  if (!isKind(kept, 'list')) return unknown;
  const keepNames = containerKind(object) === 'Sequential';
  const attributes = new Map(
    kept.items
      .filter((name) => typeof name === 'string')
      .map((name, i) => [keepNames ? name : String(i), object.attributes.get(name)!]),
  );
  // No model of its own: what it is assigned to is.
  return { kind: 'object', type: containerKind(object) ?? 'ModuleList', attributes, layer: null };
}

interface Bounds {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number;
}

/** As Python counts: negative bounds from the end, and those beyond a list are its ends. */
function placesOf(length: number, { start, end, step }: Bounds): number[] {
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (bound: number) => Math.min(highest, Math.max(lowest, bound < 0 ? bound + length : bound));
  const first = start === undefined ? (step > 0 ? lowest : highest) : within(start);
  const last = end === undefined ? (step > 0 ? highest : lowest) : within(end);
  const count = Math.max(0, Math.ceil((last - first) / step));
  return Array.from({ length: count }, (_, i) => first + i * step);
}
