import type { FindingCode } from './finding';

/** How comments begin: in Python and prototxt, in JavaScript. */
export type CommentMark = '#' | '//';

/** `# switchback-ignore`, or with what it is about: `// switchback-ignore: dead-filters, duplicate-filters`. */
const pattern = /(?:#|\/\/).*?(?<![\w-])switchback-ignore(?![\w-])(?::\s*([\w-]+(?:\s*,\s*[\w-]+)*))?/;

/** Whether a comment on one of the lines silences findings of this kind. */
export function isSilenced(code: FindingCode, lines: readonly string[]): boolean {
  return lines.some((line) => {
    const comment = pattern.exec(line);
    if (!comment) return false;
    const [, list] = comment;
    return list === undefined || list.split(',').some((named) => named.trim() === code);
  });
}

/** Whether a line holds nothing but a comment: then what it silences is on the next one. */
export function isComment(line: string): boolean {
  return /^\s*(#|\/\/)/.test(line);
}

/**
 * The text that silences a kind of finding on a line, and where it goes; `null` where a line cannot take a comment, or has one
 * that silences all.
 */
export function silencing(
  line: string,
  code: FindingCode,
  mark: CommentMark,
): { readonly character: number; readonly text: string } | null {
  const comment = pattern.exec(line);
  if (comment)
    return { character: comment.index + comment[0].length, text: `${comment[1] ? ',' : ':'} ${code}` };
  const end = line.trimEnd();
  // A backslash joins the next line to it only where it is the last character.
  if (end.endsWith('\\')) return null;
  return { character: end.length, text: `  ${mark} switchback-ignore: ${code}` };
}
