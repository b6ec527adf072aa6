import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { toolInputProblem } from '../../core/toolErrors';

/** What a language model may give to a tool. It is checked here although VS Code checks it against the schema. */
export interface ToolInput {
  readonly image?: unknown;
  readonly model?: unknown;
  readonly layer?: unknown;
  readonly map?: unknown;
  readonly position?: unknown;
  readonly size?: unknown;
}

/**
 * The absolute path of a file that a tool names, without links. Only files below the folders of the workspace may be read, and a
 * link may not lead out of them.
 */
export async function fileBelow(folders: readonly string[], name: unknown, what: string): Promise<string> {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) throw toolInputProblem(what);
  const candidates = folders.map((folder) => ({ folder, file: path.resolve(folder, name) }));
  const found = candidates.find(({ folder, file }) => file.startsWith(folder + path.sep));
  const real = found && (await realpath(found.file).catch(() => undefined));
  if (real === undefined) throw toolInputProblem(what);
  for (const folder of folders) {
    const below = path.relative(await realpath(folder).catch(() => folder), real);
    // As it is named in the workspace, whose folders may be links themselves.
    if (!isOutside(below)) return path.join(folder, below);
  }
  throw toolInputProblem(what);
}

function isOutside(relative: string): boolean {
  return relative === '' || relative.split(path.sep)[0] === '..' || path.isAbsolute(relative);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 1000) throw toolInputProblem(what);
  return value;
}

export function wholeNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw toolInputProblem(what);
  return value;
}

/** `[y, x]`, or `undefined` where it is left out. */
export function positionOf(value: unknown): readonly [number, number] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length !== 2) throw toolInputProblem('position');
  return [wholeNumber(value[0], 'position'), wholeNumber(value[1], 'position')];
}
