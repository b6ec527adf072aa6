import type {
  ArgumentName,
  LayerDefinition,
  LayerUse,
  SourceModel,
  SourceRange,
  SourceReading,
} from './definition';
import { findModels, type Interpretation } from './interpret/findModels';
import { graphArguments } from './libraries/graphArguments';
import type { BuiltLayer } from './libraries/layerSpec';
import type { Chunk, Place, Program } from './program';

/** Which text a statement stands in, and on which line it starts. */
type Lines = ReadonlyMap<Chunk, { readonly text: number; readonly line: number }>;

/**
 * The layers that texts define and the models they are part of, without running them. Several texts are cells of a notebook, in
 * its order: each has a reading of its own, and they share their models. What does not follow from literals is left out, broken code
 * keeps what is understood, and code that wants more steps than any that people write is read in part.
 */
export function readPrograms(programs: readonly Program[]): readonly SourceReading[] {
  return readAgain(programs, undefined).readings;
}

/** The same for texts that were read before: models of which nothing has changed are not looked for again. */
export function readAgain(
  programs: readonly Program[],
  before: Interpretation | undefined,
): { readonly readings: readonly SourceReading[]; readonly interpretation: Interpretation } {
  const lines: Lines = new Map(
    programs.flatMap(({ chunks }, text) => chunks.map(({ chunk, line }) => [chunk, { text, line }] as const)),
  );
  const interpretation = findModels(
    programs[0]?.language ?? 'python',
    programs.flatMap(({ chunks }) => chunks),
    before,
  );
  const found = interpretation.models;
  const models = found.map(({ name, layers }): SourceModel => ({ name, layers: layers.length }));
  const collected = new Map<string, { readonly layer: BuiltLayer; readonly uses: LayerUse[] }>();
  const notes = new Map<BuiltLayer, Set<string>>();
  found.forEach(({ layers }, model) => {
    let order = 0;
    for (const { path, layer } of layers) {
      const key = keyOf(lines, layer.place);
      const same = collected.get(key) ?? { layer, uses: [] };
      collected.set(key, same);
      for (const given of graphArguments(layer)) {
        same.uses.push({ model, path, arguments: given, order: order++ });
      }
      notes.set(same.layer, new Set([...(notes.get(same.layer) ?? []), ...layer.notes]));
    }
  });
  const readings = programs.map((_program, text) => ({
    models,
    definitions: [...collected.values()]
      .filter(({ layer }) => lines.get(layer.place.chunk)?.text === text)
      .map(({ layer, uses }) => define(lines, layer, uses, [...(notes.get(layer) ?? [])]))
      .sort((a, b) => compare(a.range, b.range)),
  }));
  return { readings, interpretation };
}

function keyOf(lines: Lines, place: Place): string {
  const { start, end } = rangeIn(lines, place);
  const text = lines.get(place.chunk)?.text;
  return [text, start.line, start.character, end.line, end.character].join(' ');
}

function define(
  lines: Lines,
  { spec, callee, place, literals }: BuiltLayer,
  uses: readonly LayerUse[],
  notes: readonly string[],
): LayerDefinition {
  const ranges = Object.entries(literals).map(([argument, literal]) => [argument, rangeIn(lines, literal)]);
  return {
    kind: spec.kind,
    callee,
    range: rangeIn(lines, place),
    literals: Object.fromEntries(ranges) as Partial<Record<ArgumentName, SourceRange>>,
    uses,
    notes,
  };
}

/** Places count from the statement they are in, which may have moved since it was lowered. */
function rangeIn(lines: Lines, { chunk, range }: Place): SourceRange {
  const line = lines.get(chunk)?.line ?? 0;
  return {
    start: { ...range.start, line: range.start.line + line },
    end: { ...range.end, line: range.end.line + line },
  };
}

function compare(a: SourceRange, b: SourceRange): number {
  return a.start.line - b.start.line || a.start.character - b.start.character;
}
