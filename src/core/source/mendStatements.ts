/** A statement of Python that begins in a line of its own. */
interface Begun {
  readonly row: number;
  readonly indent: number;
  /** What `;` cannot put behind another statement: a header or a decorator. */
  readonly compound: boolean;
  /** Whether a block follows. */
  opens: boolean;
}

const headers = /^(@|(async|class|def|if|elif|else|for|while|with|try|except|finally|match|case)\b)/;

/** What matters of a line of Python: texts, brackets, where a comment begins. */
const tokens = /#|"""|'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[()[\]{}]/g;

/**
 * Python that a parser finds no error in and reads otherwise than it is meant: a line that stands further left or right than the statements
 * around it is joined to the one before it, by `;\\` behind that one's end (what was said in a comment there is gone), and a statement that breaks off
 * behind `=` or a dot ends there. Sound code stays as it is. Every character keeps its line and column.
 */
export function mendStatements(text: string): string {
  const lines = text.split('\n');
  const { statements, ends } = statementsOf(lines);
  const joined = strayRows(statements);
  let changed = joined.size > 0;
  for (const [i, { row, column }] of ends.entries()) {
    const code = lines[row]!.slice(0, column);
    const next = statements[i + 1];
    const joins = next !== undefined && joined.has(next.row);
    const lacks = ends[i]!.complete ? valueBehind(code) : '';
    if (!joins && lacks === '') continue;
    changed = true;
    lines[row] = `${code}${lacks}${joins ? ';\\' : ''}`;
    if (!joins) continue;
    for (let between = row + 1; between < next.row; between++)
      lines[between] = lines[between]!.replace(/\S.*$|\r$|$/, '\\');
  }
  return changed ? lines.join('\n') : text;
}

/** What a line of Python lacks that breaks off in an assignment or behind the dot of a name. */
export function valueBehind(code: string): string {
  const end = code.trimEnd();
  if (end.endsWith('=')) return /[!<>=]$/.test(end.slice(-2, -1)) ? '' : 'None';
  if (!end.endsWith('.') || end.endsWith('..')) return '';
  // No number is so long.
  return /(^|[^\w.])\d[\d_]*\.$/.test(end.slice(-30)) ? '' : '_';
}

interface End {
  readonly row: number;
  /** Where a comment behind it begins, else the end of its line. */
  readonly column: number;
  /** Whether no bracket and no text goes on behind it. */
  readonly complete: boolean;
}

function statementsOf(lines: readonly string[]): { statements: Begun[]; ends: End[] } {
  const statements: Begun[] = [];
  const ends: End[] = [];
  let depth = 0;
  let quotes: string | null = null;
  let continued = false;
  lines.forEach((line, row) => {
    const content = line.trim();
    if (quotes === null && (content === '' || content.startsWith('#'))) return;
    if (quotes === null && depth === 0 && !continued) {
      const indent = line.length - line.trimStart().length;
      statements.push({ row, indent, compound: headers.test(content), opens: false });
    }
    let column = line.trimEnd().length;
    tokens.lastIndex = 0;
    if (quotes !== null) {
      const end = line.indexOf(quotes);
      if (end < 0) return;
      tokens.lastIndex = end + 3;
      quotes = null;
    }
    for (let match = tokens.exec(line); match !== null; match = tokens.exec(line)) {
      const [token] = match;
      if (token === '#') {
        column = match.index;
        break;
      }
      if (token === '"""' || token === "'''") {
        const end = line.indexOf(token, tokens.lastIndex);
        if (end < 0) {
          quotes = token;
          break;
        }
        tokens.lastIndex = end + 3;
      } else if ('([{'.includes(token)) depth++;
      else if (')]}'.includes(token)) depth = Math.max(0, depth - 1);
    }
    continued = line.trimEnd().endsWith('\\');
    const complete = depth === 0 && quotes === null && !continued;
    ends[statements.length - 1] = { row, column, complete };
    const statement = statements.at(-1);
    if (statement) statement.opens = depth === 0 && line.slice(0, column).trimEnd().endsWith(':');
  });
  return { statements, ends };
}

/** The rows in which statements begin that belong to the block of the statement before them. */
function strayRows(statements: readonly Begun[]): Set<number> {
  const rows = new Set<number>();
  let levels: number[] = [0];
  /** The blocks that a line ended which may only stand too far left, and the statements since. */
  let ended: { readonly levels: number[]; readonly rows: number[] } | null = null;
  let before: Begun | undefined;
  for (const statement of statements) {
    const { row, indent, compound } = statement;
    const level = levels.at(-1)!;
    if (indent > level && before?.opens) {
      levels.push(indent);
      ended = null;
    } else if (indent > level && before !== undefined) {
      if (ended?.levels.includes(indent)) {
        for (const stray of ended.rows) rows.add(stray);
        levels = ended.levels.slice(0, ended.levels.indexOf(indent) + 1);
      } else if (!compound) rows.add(row);
      else levels.push(indent);
      ended = null;
    } else if (indent < level && !compound && !levels.includes(indent) && !before?.opens) rows.add(row);
    else {
      if (indent < level) ended = { levels: [...levels], rows: [] };
      while (levels.length > 1 && levels.at(-1)! > indent) levels.pop();
      if (compound) ended = null;
      else ended?.rows.push(row);
    }
    before = statement;
  }
  return rows;
}
