import type { ProjectedUnit } from '../../../../src/protocol/model';
import { element, setText, show, type Component } from '../../../shared/element';
import { button } from '../../../shared/toolkit';
import type { DetailData } from '../../detailSession';
import { number } from '../../../../src/core/report/numbers';
import { strings } from '../../strings';

/** The unit in numbers. */
export function createDetailFacts(
  toMaximum: () => void,
): Component<{ readonly data: DetailData; readonly unit: ProjectedUnit | null }> {
  const value = () => element('dd', {});
  const [activation, position, box] = [value(), value(), value()];
  const back = button({ text: strings.detail.toMaximum, onClick: toMaximum });
  const { detail } = strings;
  return {
    element: element(
      'div',
      { class: 'detail-facts' },
      element(
        'dl',
        { class: 'figures' },
        element('div', { class: 'figure' }, element('dt', {}, detail.activation), activation),
        element('div', { class: 'figure' }, element('dt', {}, detail.position), position),
        element('div', { class: 'figure' }, element('dt', {}, detail.boxed), box),
      ),
      back,
    ),
    update: ({ data, unit }) => {
      setText(activation, data.activation === null ? strings.table.unknown : number(data.activation));
      const place = detail.positionText(data.position);
      setText(position, data.atMaximum ? `${place}, ${detail.positionOfMaximum}` : place);
      setText(box, unit ? strings.table.box(unit.receptiveField) : strings.table.unknown);
      show(back, !data.atMaximum);
    },
  };
}
