import type { LayerSummary } from '../protocol/model';
import { modelPath } from './options';
import type { Printed, Session } from './command';

export interface LayersOptions {
  readonly model?: string;
}

const COLUMNS = ['layer', 'op', 'output', 'shape', 'field', 'stride', 'parameters', 'faithfulness'] as const;

/** Lists the layers of a model with receptive fields and faithfulness. */
export async function describeLayers({ model }: LayersOptions, { service }: Session): Promise<Printed> {
  const file = modelPath(model);
  const summary = await service.models.use(file, async (open) => open.summary);
  const layers = summary.layers.map(described);
  return {
    json: { model: file, layers },
    text: table([COLUMNS, ...layers.map(cells)]),
    warnings: summary.warnings,
  };
}

/** What the contract of the command line names; it speaks of the deconvnet. */
function described(layer: LayerSummary) {
  const { label, op, tensor, shape, receptiveField, parameters, faithfulness } = layer;
  return { label, op, tensor, shape, receptiveField, parameters, faithfulness: faithfulness.deconvnet };
}

function cells({
  label,
  op,
  tensor,
  shape,
  receptiveField,
  parameters,
  faithfulness,
}: ReturnType<typeof described>): string[] {
  const [first] = faithfulness.nodes;
  const reason = first ? `: ${first.op} "${first.node}" (${first.reason})` : '';
  return [
    label,
    op,
    tensor,
    shape.join('×'),
    receptiveField.size.join('×'),
    receptiveField.stride.join('×'),
    String(parameters),
    `${faithfulness.status}${reason}`,
  ];
}

/** Columns as wide as their widest cell, two spaces apart. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
