import { firstSides } from './firstSides';

/** A bracket that is open, how far the line is indented that opened it, and whether statements stand in it. */
interface Bracket {
  readonly closer: string;
  readonly indent: number;
  readonly block: boolean;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Longer lines are data that nobody types. */
const longestLine = 2000;
const closing = Object.values(closers);

/** Texts, comments and brackets of a line. */
const tokens = /\/\/.*|\/\*|`|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[()[\]{}]/g;

/**
 * JavaScript or TypeScript that is being typed, so that a parser understands the lines around the one at hand: brackets that no line
 * closes end where a line is not indented under them, and a line that breaks off behind `=` or a dot ends there. Every character keeps its line and
 * column; what is added comes behind the end of a line, in the place of a comment; a bracket that nothing opened is a space. For texts that are broken: how sound code is indented is free.
 */
export function mendJavaScript(text: string): string {
  const lines = firstSides(text.split('\n'));
  const open: Bracket[] = [];
  let within: '`' | '*/' | null = null;
  /** The last line that says something, and where its comment begins. */
  let last: { readonly row: number; readonly indent: number; column: number } | null = null;
  const add = (added: string) => {
    if (last === null || added === '') return;
    lines[last.row] = lines[last.row]!.slice(0, last.column).trimEnd() + added;
    last.column = lines[last.row]!.length;
  };
  lines.forEach((line, row) => {
    const content = line.trim();
    if (within === null && (content === '' || content.startsWith('//'))) return;
    const indent = line.length - line.trimStart().length;
    if (within === null && last !== null) {
      const code = lines[last.row]!.slice(0, last.column).trimEnd();
      const goesOn = /^[)\]}.?:,&|*+=-]/.test(content);
      const closed = close(open, indent, goesOn);
      if (closed !== '') add(valueBehind(code) + closed);
      else if (!goesOn && indent <= last.indent && /(\.|[^=!<>]=)$/.test(code)) add(valueBehind(code));
    }
    last = { row, indent, column: scan(row, indent) };
  });
  const rest = close(open, 0, false);
  if (within === null && rest !== '') add(valueBehind(lines[last!.row]!.slice(0, last!.column)) + rest);
  return lines.join('\n');

  /** Follows texts, comments and brackets through a line; gives the place where its comment begins, else its end. */
  function scan(row: number, indent: number): number {
    const line = lines[row]!;
    if (line.length > longestLine) return line.length;
    tokens.lastIndex = 0;
    for (;;) {
      if (within !== null) {
        const end = line.indexOf(within, tokens.lastIndex);
        if (end < 0) return line.trimEnd().length;
        tokens.lastIndex = end + within.length;
        within = null;
      }
      const match = tokens.exec(line);
      if (match === null) return line.trimEnd().length;
      const [token] = match;
      const before = line.slice(0, match.index);
      if (token.startsWith('//')) return match.index;
      if (token === '`') within = '`';
      else if (token === '/*') within = '*/';
      else if (closers[token] !== undefined) {
        const block = token === '{' && /(^|[\w)>;{}])\s*$/.test(before) && !/\breturn\s*$/.test(before);
        open.push({ closer: closers[token], indent, block });
      } else if (token === open.at(-1)?.closer) open.pop();
      else if (closing.includes(token)) {
        const another = open.at(-1);
        if (another === undefined || another.block) blank(row, match.index);
        // `({ units: 4)` lacks a brace: the right ones come in the place of these.
        else if (/^[)\]};,\s]*$/.test(line.slice(match.index))) return match.index;
      }
    }
  }

  function blank(row: number, index: number): void {
    lines[row] = `${lines[row]!.slice(0, index)} ${lines[row]!.slice(index + 1)}`;
  }
}

/** `const x =` and `tf.layers.`, with a statement below that is not indented under them. */
const brokenOff =
  /^([ \t]*)(?=\S)((?:const|let|var)\s[^=\n]*=|[^\n/*'"`]*[\w)\]]\.)(?=[ \t]*\r?\n\1(?!function|class|async)[\w$])/gm;

/** Ends lines that break off and take the next one for their end, which a parser finds no error in. */
export function endBrokenOff(text: string): string {
  return text.replace(brokenOff, (line) => line + valueBehind(line));
}

/** What closes the brackets that a line so far indented does not stand in. A line that `goesOn` may close those of its own indent itself. */
function close(open: Bracket[], indent: number, goesOn: boolean): string {
  let added = '';
  for (let bracket = open.at(-1); bracket !== undefined; bracket = open.at(-1)) {
    if (goesOn ? bracket.indent <= indent : bracket.indent < indent) break;
    added += bracket.closer;
    open.pop();
  }
  if (added === '' || goesOn) return added;
  return `${added}${open.at(-1)?.block === false ? ',' : ';'}`;
}

/** What a line lacks that breaks off in the middle of an expression. */
function valueBehind(code: string): string {
  if (/[^.]\.$/.test(code)) return '_';
  return /[:=>+\-*/&|?]$/.test(code) && !/(\*\/|\+\+|--)$/.test(code) ? ' null' : '';
}
