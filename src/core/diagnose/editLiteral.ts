import type { LiteralEdit } from './literalFix';

/** How a pair of numbers is written. */
export type PairSpelling = 'tuple' | 'array' | 'none';

/**
 * The text of a literal, `7`, `(7, 7)` or `kernel_size: 7`, with the numbers of a fix in their places. `null` where one number
 * stands for two that are to differ and the language has no pair for it.
 */
export function editLiteral(
  text: string,
  { current, value }: Pick<LiteralEdit, 'current' | 'value'>,
  pairs: PairSpelling,
): string | null {
  const places = [...text.matchAll(/(?<![\w.])\d+(?![\w.])/g)];
  if (places.length === value.length) return replaceNumbers(text, value);
  if (places.length !== 1) return null;
  const [first, second] = value;
  // One number is the width where the layer has one axis, else both.
  const one = onlyWidth(current) && onlyWidth(value) ? second : first === second ? first : undefined;
  if (one !== undefined) return replaceNumbers(text, [one]);
  if (pairs === 'none' || current[0] !== current[1]) return null;
  const pair = value.join(', ');
  return text.replace(/\d+/, pairs === 'tuple' ? `(${pair})` : `[${pair}]`);
}

function onlyWidth([height, width]: readonly number[]): boolean {
  return height === 1 && width !== undefined;
}

function replaceNumbers(text: string, value: readonly number[]): string {
  let next = 0;
  return text.replace(/(?<![\w.])\d+(?![\w.])/g, () => String(value[next++]));
}
