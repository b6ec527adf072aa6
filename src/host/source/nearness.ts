import path from 'node:path';

/**
 * Models in the order in which they may belong to a file: those of its name first, then those whose folder is fewest steps away,
 * then by name. Paths are absolute.
 */
export function nearestFirst(models: readonly string[], source: string): string[] {
  const stem = stemOf(source);
  const rank = (model: string): readonly [number, number] => [
    stemOf(model) === stem ? 0 : 1,
    path
      .relative(path.dirname(source), path.dirname(model))
      .split(path.sep)
      .filter((step) => step !== '').length,
  ];
  return [...models].sort((a, b) => {
    const [[nameA, stepsA], [nameB, stepsB]] = [rank(a), rank(b)];
    return nameA - nameB || stepsA - stepsB || a.localeCompare(b);
  });
}

function stemOf(file: string): string {
  return path.basename(file).replace(/\..*$/, '').toLowerCase();
}
