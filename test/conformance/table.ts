import type { Counts, Row } from './row';

const sources = {
  built: 'Published topologies with few maps, built in the tests',
  exported: "torchvision 0.14 with few maps, by PyTorch's exporter in two spellings",
  published: 'Published files',
} as const;

const head = ['model', 'nodes', 'layers', 'exact', 'approximate', 'refused'];

export function renderTable(rows: readonly Row[]): string {
  const sections = (Object.keys(sources) as Row['source'][]).map((source) => {
    const own = rows.filter((row) => row.source === source);
    const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
    const lines = own.map(({ model, ...counts }) => [model, ...countCells(counts)]);
    const table = [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
    const refusals = own.flatMap(({ model, reason }) => (reason ? [`* ${model}: ${reason}.`] : []));
    const refused =
      refusals.length > 0 ? `\n\nRefused, the first node of each:\n\n${refusals.join('\n')}` : '';
    return `## ${sources[source]}\n\n${table}${refused}`;
  });
  return `${sections.join('\n\n')}\n`;
}

/** What the table says of a model. */
export function countCells({ nodes, layers, exact, approximate, refused }: Omit<Counts, 'reason'>): string[] {
  return [nodes, layers, exact, approximate, refused].map(String);
}

/** Reads a table back: the figures by model. */
export function parseTable(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [, model = '', ...cells] = line.split('|').map((cell) => cell.trim());
    if (/^\d+$/.test(cells[0] ?? '')) lines.set(model, cells.slice(0, 5));
  }
  return lines;
}
