import type { ProjectedUnit } from '../../../src/protocol/model';
import { element } from '../../shared/element';
import { number } from '../../../src/core/report/numbers';
import { strings } from '../strings';
import type { TileStatus } from './tile';

export interface TableRow {
  readonly map: number;
  readonly activation: number;
  readonly position: readonly [y: number, x: number];
  readonly status: TileStatus;
  readonly unit: ProjectedUnit | undefined;
}

/** The numbers of a layer's tiles as text. */
export function layerTable(layer: string, rows: readonly TableRow[]): HTMLElement {
  const { columns, caption } = strings.table;
  const head = Object.values(columns).map((name) => element('th', { scope: 'col' }, name));
  return element(
    'table',
    { class: 'numbers', 'data-testid': 'layer-table' },
    element('caption', { class: 'visually-hidden' }, caption(layer)),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.map(tableRow)),
  );
}

function tableRow({ map, activation, position, status, unit }: TableRow): HTMLElement {
  const { box, status: words, unknown } = strings.table;
  const cells = [
    status === 'inactive' && !Number.isNaN(activation) ? number(Math.min(activation, 0)) : number(activation),
    position.join(', '),
    unit ? box(unit.receptiveField) : unknown,
    words[status],
  ];
  return element(
    'tr',
    { 'data-map': map },
    element('th', { scope: 'row' }, String(map)),
    ...cells.map((text) => element('td', {}, text)),
  );
}
