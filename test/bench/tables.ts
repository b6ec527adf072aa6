import type { Measured } from './measure';
import type { TorchMeasured } from './torch';

/** All figures of one model. */
export interface Row {
  readonly name: string;
  /** The layers whose rates are shown. */
  readonly layers: readonly string[];
  readonly measured: Measured;
  readonly torch: TorchMeasured | undefined;
}

/** The figures as Markdown: one table of times, one of rates for each model. */
export function renderTables(rows: readonly Row[], machine: string): string {
  const runtimes = [...new Set(rows.map(({ measured }) => measured.runtime))].join(', ');
  const versions = [
    ...new Set(rows.map(({ torch }) => (torch ? `PyTorch ${torch.version}` : 'PyTorch not installed'))),
  ];
  return [
    `Measured by \`npm run bench\` on ${machine} with ${runtimes}; beside it autograd of ${versions.join(', ')} in the same run. Medians of three.`,
    timesTable(rows),
    ...rows.map(ratesTable),
  ].join('\n\n');
}

function timesTable(rows: readonly Row[]): string {
  const line = (name: string, value: (row: Row) => string) => [name, ...rows.map(value)];
  return table([
    ['', ...rows.map(({ name }) => name)],
    line('click to first projections, engine not running', ({ measured }) => ms(measured.firstMs.cold)),
    line('… engine running, model not open', ({ measured }) => ms(measured.firstMs.started)),
    line('… model open', ({ measured }) => ms(measured.firstMs.open)),
    line(
      'click to 9 maps of every layer, model not open',
      ({ measured }) => `${ms(measured.allMs)} (${measured.layers} layers)`,
    ),
    line('longest stall of the extension host meanwhile', ({ measured }) => ms(measured.stallMs)),
    line('forward pass, all features and switches', ({ measured }) => ms(measured.forwardMs)),
    line('forward pass, PyTorch', ({ torch }) => (torch ? ms(torch.forwardMs) : '–')),
  ]);
}

function ratesTable({ name, layers, measured, torch }: Row): string {
  const rows = layers.map((layer) => {
    const own = measured.perSecond[layer] ?? 0;
    const other = torch?.perSecond[layer];
    return [
      layer,
      rate(own),
      other === undefined ? '–' : rate(other),
      other === undefined ? '–' : `${rate(own / other)}x`,
    ];
  });
  return table([[`${name}: projections a second`, 'Switchback', 'PyTorch autograd', 'ratio'], ...rows]);
}

export function table([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head!.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head!), line(rule), ...rows.map(line)].join('\n');
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function rate(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
