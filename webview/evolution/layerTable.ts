import type { EvolutionCell, EvolutionLayer, EvolutionPlan } from '../../src/protocol/evolution';
import { paint } from '../shared/canvas';
import { element, setAttributes, type Component } from '../shared/element';
import { fit } from '../shared/fit';
import { moveByKeys } from '../shared/moveByKeys';
import { cellPicture, hasChanged, rowBox, rowOf, type CellRow } from './cells';
import { checkpointName, type EvolutionState } from './evolutionModel';
import type { Contrast } from './settings';
import { strings } from './strings';

export interface LayerTableProps extends Pick<EvolutionState, 'cells' | 'settings'> {
  readonly plan: EvolutionPlan;
  readonly layer: EvolutionLayer;
}

/** Edge of a picture on screen. */
const FRAME = 64;

/** A layer in the layout of figure 4: rows are maps, columns epochs. */
export function createLayerTable(openCell: (cell: EvolutionCell) => void): Component<LayerTableProps> {
  const table = element('table', { class: 'evolution', 'data-testid': 'layer-table' });
  let shown: LayerTableProps | undefined;
  let places: Place[][] = [];
  const build = ({ plan, layer }: LayerTableProps) => {
    places = layer.maps.map(
      (map) =>
      plan.checkpoints.map((checkpoint) => createPlace(`${strings.map(map)}, ${checkpointName(checkpoint)}`, openCell)), // prettier-ignore
    );
    const head = plan.checkpoints.map((checkpoint) => element('th', { scope: 'col' }, checkpointName(checkpoint))); // prettier-ignore
    const rows = layer.maps.map(
      (map, row) =>
      element('tr', {}, element('th', { scope: 'row' }, strings.map(map)), ...places[row]!.map(({ cell }) => cell)), // prettier-ignore
    );
    const body = element('tbody', {}, ...rows);
    table.replaceChildren(
      element('caption', {}, layer.label),
      element('thead', {}, element('tr', {}, element('td', {}), ...head)),
      body,
    );
    moveByKeys(body, places.flat().map(({ button }) => button), plan.checkpoints.length); // prettier-ignore
  };
  return {
    element: table,
    update: (props) => {
      if (shown?.plan !== props.plan || shown.layer !== props.layer) build(props);
      const { plan, layer, cells, settings } = props;
      if (shown?.cells !== cells || shown.settings.contrast !== settings.contrast || shown.plan !== plan) {
        layer.maps.forEach((map, index) => {
          const row = rowOf(cells, plan, layer.label, map);
          places[index]!.forEach((place, checkpoint) =>
            place.update({ row, checkpoint, plan, contrast: settings.contrast }),
          );
        });
      }
      shown = props;
    },
  };
}

interface PlaceProps {
  readonly row: CellRow;
  readonly checkpoint: number;
  readonly plan: EvolutionPlan;
  readonly contrast: Contrast;
}

interface Place {
  readonly cell: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly update: (props: PlaceProps) => void;
}

function createPlace(name: string, openCell: (cell: EvolutionCell) => void): Place {
  const canvas = element('canvas', {});
  const button = element('button', { type: 'button', class: 'cell', 'data-testid': 'cell' }, canvas);
  let found: EvolutionCell | undefined;
  let drawn: unknown;
  button.addEventListener('click', () => {
    if (found?.unit) openCell(found);
  });
  return {
    cell: element('td', {}, button),
    button,
    update: ({ row, checkpoint, plan, contrast }) => {
      found = row[checkpoint];
      const changed = hasChanged(row, checkpoint);
      const text = found ? strings.cell(name, found.image, found.unit?.activation ?? 0, changed) : strings.pending(name); // prettier-ignore
      setAttributes(button, {
        'aria-label': text,
        // It stays on the way of the arrow keys.
        'aria-disabled': found?.unit ? null : 'true',
        title: text,
        'data-changed': changed,
        'data-status': found ? (found.unit ? 'ok' : 'inactive') : 'pending',
      });
      // With the contrast of the map, a stronger picture at another epoch changes this one.
      const appearance = contrast === 'tile' ? found : row;
      if (appearance === drawn) return;
      drawn = appearance;
      const [picture, box] = [cellPicture(row, checkpoint, plan, contrast), rowBox(row, plan)];
      if (!picture || !box) return;
      paint(canvas, picture);
      const { height, width, pixelated } = fit(box, FRAME);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.classList.toggle('pixelated', pixelated);
    },
  };
}
