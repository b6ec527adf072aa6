/** The lines of the first side of every conflict in a merge, the others and the marks empty. */
export function firstSides(lines: readonly string[]): string[] {
  let side: 'none' | 'first' | 'other' = 'none';
  return lines.map((line) => {
    const marker = /^(<{7}|\|{7}|={7}|>{7})(\s|$)/.exec(line)?.[1]?.[0];
    if (marker === '<') side = 'first';
    else if (marker === '>' && side !== 'none') side = 'none';
    else if (marker !== undefined && side !== 'none') side = 'other';
    else return side === 'other' ? '' : line;
    return '';
  });
}
