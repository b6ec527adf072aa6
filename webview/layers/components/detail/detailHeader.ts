import { element, setText, type Component } from '../../../shared/element';
import { button } from '../../../shared/toolkit';
import type { DetailData } from '../../detailSession';
import { rankMaps } from '../../maps';
import type { DetailView } from '../../state/panelState';
import { strings } from '../../strings';

export const DETAIL_TITLE = 'detail-title';

export interface DetailHeader extends Component<DetailData> {
  readonly focus: () => void;
}

/** Which unit it is, and the way to its neighbours in the layer's order of strength. */
export function createDetailHeader(
  change: (view: Partial<DetailView>) => void,
  close: () => void,
): DetailHeader {
  const { previous, next, close: closeLabel, label } = strings.detail;
  let data: DetailData | undefined;
  const neighbour = (by: number) => {
    if (!data) return undefined;
    const ranking = rankMaps(data.layer.recording);
    return ranking[ranking.indexOf(data.view.map) + by];
  };
  const step = (by: number, text: string, name: string) =>
    button({
      text,
      appearance: 'icon',
      label: name,
      onClick: () => {
        const map = neighbour(by);
        if (map !== undefined) change({ map, position: null });
      },
    });
  const title = element('h2', { class: 'detail-title', id: DETAIL_TITLE, tabindex: -1 });
  const backward = step(-1, '‹', previous);
  const forward = step(1, '›', next);
  const closeButton = button({
    text: '✕',
    appearance: 'icon',
    label: closeLabel,
    onClick: close,
    testId: 'detail-close',
  });
  return {
    element: element(
      'header',
      { class: 'detail-header' },
      title,
      backward,
      forward,
      element('span', { class: 'grow' }),
      closeButton,
    ),
    focus: () => title.focus({ preventScroll: true }),
    update: (props) => {
      data = props;
      setText(title, label(props.layer.summary.label, props.view.map));
      backward.disabled = neighbour(-1) === undefined;
      forward.disabled = neighbour(1) === undefined;
    },
  };
}
