import { valueOf } from '../../src/core/experiments/invarianceResult';
import { element, setText, type Component } from '../shared/element';
import { baseName } from '../shared/baseName';
import { createLabelPicker } from '../shared/labelPicker';
import { number, percent } from '../../src/core/report/numbers';
import type { InvarianceState } from './invarianceModel';
import { curvesOf } from './measurement';
import { strings } from './strings';

export interface CursorTableActions {
  readonly choose: (image: string, label: number) => void;
  /** What was typed names no class. */
  readonly refuse: (text: string) => void;
}

interface Row {
  readonly element: HTMLElement;
  readonly label: ReturnType<typeof createLabelPicker>;
  readonly cells: readonly HTMLElement[];
}

/** The numbers at the cursor: a row for each picture, with the label whose probability is followed. */
export function createCursorTable({ choose, refuse }: CursorTableActions): Component<InvarianceState> {
  const caption = element('caption', {});
  const head = element('tr', {});
  const body = element('tbody', {});
  const rows = new Map<string, Row>();
  let columns = '';
  const rowOf = (path: string, count: number): Row => {
    const label = createLabelPicker({
      label: strings.labelHint(baseName(path)),
      choose: (index) => choose(path, index),
      refuse,
    });
    const cells = Array.from({ length: count }, () => element('td', {}));
    const name = element('th', { scope: 'row' }, baseName(path));
    return { element: element('tr', {}, name, element('td', {}, label.element), ...cells), label, cells };
  };
  return {
    element: element('table', { class: 'data-table', 'data-testid': 'cursor-table' }, caption, element('thead', {}, head), body), // prettier-ignore
    update: ({ subject, settings, measurements, cursor }) => {
      const curves = curvesOf(subject, settings, measurements);
      const layers = curves[0]?.layers ?? [];
      const names = [strings.columns.image, strings.columns.label, ...layers, strings.columns.probability];
      const key = [...names, ...curves.map(({ path }) => path)].join('\n');
      if (key !== columns) {
        columns = key;
        rows.clear();
        for (const { path } of curves) rows.set(path, rowOf(path, layers.length + 1));
        head.replaceChildren(...names.map((name) => element('th', { scope: 'col' }, name)));
        body.replaceChildren(...[...rows.values()].map((row) => row.element));
      }
      setText(caption, strings.table(strings.kinds[settings.kind], cursor));
      for (const { path, plan, points } of curves) {
        const { label, cells } = rows.get(path)!;
        label.update({ labels: plan.labels, chosen: plan.label });
        const point = points.find(({ value }) => value === cursor);
        layers.forEach((_, layer) => {
          const distance = point ? valueOf(point, { layer }, settings.scale) : null;
          setText(cells[layer]!, distance === null ? '' : number(distance));
        });
        const probability = point?.probability ?? null;
        setText(cells.at(-1)!, probability === null ? '' : percent(probability));
      }
    },
  };
}
