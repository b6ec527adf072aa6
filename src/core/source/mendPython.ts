import { firstSides } from './firstSides';
import { valueBehind } from './mendStatements';

/** A bracket that is open, and how far the line is indented that opened it. */
interface Bracket {
  readonly closer: string;
  readonly indent: number;
}

/** A statement that the lines so far have begun. */
interface Open {
  brackets: Bracket[];
  /** The quotes of a text that goes on over lines. */
  quotes: '"""' | "'''" | null;
  /** The keyword of a header that has no colon yet. */
  header: string | null;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Longer lines are data that nobody types. */
const longestLine = 2000;
const headers = /^(?:async\s+)?(class|def|if|elif|else|for|while|with|try|except|finally)\b/;

/**
 * Python that is being typed, so that a parser understands the lines around the one at hand: brackets that no line closes end where a
 * line is not indented under them, texts at the end of their line, headers get their colon, and of a conflict in a merge the first
 * side counts; a bracket that nothing opened is a space. Every character that stays keeps its line and column; what is added comes behind the end of a line,
 * in the place of a comment. For texts that a parser finds errors in: sound code may be written in ways that this takes for broken.
 */
export function mendPython(text: string): string {
  const lines = firstSides(text.split('\n').map((line) => line.replace(/\r$/, '')));
  const open: Open = { brackets: [], quotes: null, header: null };
  /** Where the code of each line ends: a comment behind it gives way to what is added. */
  const ends: number[] = [];
  const codeOf = (row: number) => lines[row]!.slice(0, ends[row]);
  const add = (row: number, added: string) => {
    if (added === '') return;
    lines[row] = codeOf(row) + added;
    ends[row] = lines[row].length;
  };
  let last: number | null = null;
  lines.forEach((line, row) => {
    const inText = open.quotes !== null;
    const content = line.trimStart();
    if (!inText && (content === '' || content.startsWith('#'))) return;
    const indent = line.length - content.length;
    if (!inText) {
      const goesOn = open.brackets.length > 0 && /^[^\w@*'"([{]/.test(content);
      if (last !== null && !goesOn) add(last, closing(open, codeOf(last), indent));
      if (open.brackets.length === 0) {
        // Commands of notebooks are no Python.
        if (/^[%!]/.test(content)) {
          lines[row] = '';
          return;
        }
        open.header = headers.exec(content)?.[1] ?? null;
      }
    }
    const scanned = scan(line, open, indent);
    lines[row] = scanned.line;
    ends[row] = scanned.end;
    last = row;
    if (open.quotes !== null || open.brackets.length > 0) return;
    add(row, lacking(codeOf(row), open, indentBelow(lines, row) > indent));
  });
  if (last !== null && open.quotes === null) add(last, closing(open, codeOf(last), 0));
  return lines.join('\n');
}

/** Follows brackets and texts through a line. A text that the line should have ended is ended. `end` is where a comment begins, else the line's. */
function scan(line: string, open: Open, indent: number): { readonly line: string; readonly end: number } {
  if (line.length > longestLine) return { line, end: line.length };
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (open.quotes !== null) {
      const end = line.indexOf(open.quotes, at);
      if (end < 0) break;
      at = end + 2;
      open.quotes = null;
    } else if (character === '#') return { line, end: at };
    else if (character === '"' || character === "'") {
      const three = line.slice(at, at + 3);
      if (three === '"""' || three === "'''") {
        open.quotes = three;
        at += 2;
        continue;
      }
      const end = endOfText(line, at);
      if (end === null) return { line: line + character, end: line.length + 1 };
      at = end;
    } else if (closers[character] !== undefined) open.brackets.push({ closer: closers[character], indent });
    else if (character === open.brackets.at(-1)?.closer) open.brackets.pop();
    else if (')]}'.includes(character) && open.brackets.length === 0) {
      line = `${line.slice(0, at)} ${line.slice(at + 1)}`;
    } else if (character === ':' && open.brackets.length === 0) open.header = null;
  }
  return { line, end: line.length };
}

/** The place of the quote that ends the text that begins at a place; `null` where the line has none. */
function endOfText(line: string, start: number): number | null {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === line[start]) return at;
  }
  return null;
}

/** What closes the brackets that a line so far indented does not stand in, behind the line before it. */
function closing(open: Open, before: string, indent: number): string {
  let added = '';
  while (open.brackets.length > 0 && open.brackets.at(-1)!.indent >= indent) {
    added += open.brackets.pop()!.closer;
  }
  if (added === '') return '';
  const value = /[=+\-*/]\s*$/.test(before) ? 'None' : /\.\s*$/.test(before) ? '_' : '';
  if (open.brackets.length > 0) return `${value}${added},`;
  if (open.header === null) return value + added;
  open.header = null;
  return `${value}${added}: pass`;
}

/** What a statement lacks that ends in a line. */
function lacking(code: string, open: Open, hasBody: boolean): string {
  if (open.header !== null) {
    open.header = null;
    return hasBody ? ':' : ': pass';
  }
  return valueBehind(code);
}

/** How far the next line is indented that says something; -1 where there is none. */
function indentBelow(lines: readonly string[], row: number): number {
  for (let next = row + 1; next < lines.length; next++) {
    const content = lines[next]!.trimStart();
    if (content !== '' && !content.startsWith('#')) return lines[next]!.length - content.length;
  }
  return -1;
}
