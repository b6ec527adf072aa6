import type { Counts, Row } from './row';
import { systems } from './systems';

const sources = {
  built: 'Published topologies with few maps, built in the tests',
  exported: "torchvision 0.14 with few maps, by PyTorch's exporter in two spellings",
  published: 'Published files; those without weights (`light_`) have seeded ones',
} as const;

const countHeads = ['nodes', 'layers', 'exact', 'approximate', 'refused'];
const measureHeads = ['projected', 'largest difference', 'ms a projection'];

/** The tables of all models by where they come from, and the reasons of those that are refused. */
export function renderTable(rows: readonly Row[]): string {
  const sections = (Object.keys(sources) as Row['source'][]).map((source) => {
    const own = rows.filter((row) => row.source === source);
    const lines = own.map((row) => [row.model, ...countCells(row), ...measureCells(row)]);
    const table = tableOf(['model', ...countHeads, ...measureHeads], lines);
    const refusals = own.flatMap(({ model, reason }) => (reason ? [`* ${model}: ${reason}.`] : []));
    const refused =
      refusals.length > 0 ? `\n\nRefused, the first node of each:\n\n${refusals.join('\n')}` : '';
    return `## ${sources[source]}\n\n${table}${refused}`;
  });
  return `${sections.join('\n\n')}\n`;
}

function tableOf(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What the table says of a graph. */
export function countCells({ nodes, layers, exact, approximate, refused }: Omit<Counts, 'reason'>): string[] {
  return [nodes, layers, exact, approximate, refused].map(String);
}

function measureCells({ projected, difference, milliseconds }: Row): string[] {
  return [String(projected), difference?.toExponential(0) ?? '–', milliseconds?.toFixed(1) ?? '–'];
}

/** A line of the table: the figures behind the model; NaN where there are none. */
export interface Line {
  readonly counts: readonly string[];
  readonly projected: number;
  readonly difference: number;
  readonly milliseconds: number;
}

/** Reads the tables back, by model. */
export function parseTable(text: string): ReadonlyMap<string, Line> {
  const lines = new Map<string, Line>();
  for (const line of text.split('\n')) {
    const [, model = '', ...cells] = line.split('|').map((cell) => cell.trim());
    if (!/^\d+$/.test(cells[0] ?? '')) continue;
    const [projected = NaN, difference = NaN, milliseconds = NaN] = cells.slice(5, 8).map(Number);
    lines.set(model, { counts: cells.slice(0, 5), projected, difference, milliseconds });
  }
  return lines;
}

/** The table of the README, from the lines of all models: the systems that the paper and its readings name. */
export function renderSystems(lines: ReadonlyMap<string, Line>): string {
  const head = ['system', 'models tried', 'layers', ...countHeads.slice(2), ...measureHeads.slice(1)];
  const rows = Object.entries(systems).map(([system, models]) => {
    const own = models.map((model) => lines.get(model)!);
    const total = (column: number) => own.reduce((sum, { counts }) => sum + Number(counts[column]), 0);
    const times = own.map(({ milliseconds }) => milliseconds);
    const [fastest, slowest] = [Math.min(...times).toFixed(1), Math.max(...times).toFixed(1)];
    return [
      system,
      String(own.length),
      ...[1, 2, 3, 4].map((column) => String(total(column))),
      Math.max(...own.map(({ difference }) => difference)).toExponential(0),
      fastest === slowest ? fastest : `${fastest} – ${slowest}`,
    ];
  });
  return tableOf(head, rows);
}
