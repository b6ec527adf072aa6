/**
 * The class that a text means: its number, its number and name as the list shows them, or its name. `null` where there is no
 * such class, or the name fits several.
 */
export function parseLabel(text: string, labels: readonly string[]): number | null {
  const trimmed = text.trim();
  const number = /^(\d+)(?:\s*:.*)?$/.exec(trimmed);
  if (number) return Number(number[1]) < labels.length ? Number(number[1]) : null;
  const fits = labels.flatMap((label, index) =>
    label.toLowerCase() === trimmed.toLowerCase() ? [index] : [],
  );
  return fits.length === 1 ? fits[0]! : null;
}

export function labelText(index: number, labels: readonly string[]): string {
  return `${index}: ${labels[index] ?? ''}`;
}
