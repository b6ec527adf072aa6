import type { MethodName } from '../../../../src/protocol/model';
import { element, setAttributes, show, type Component } from '../../../shared/element';
import { button } from '../../../shared/toolkit';
import type { DetailData } from '../../detailSession';
import type { DetailView } from '../../state/panelState';
import { strings } from '../../strings';

/** Other methods, and another unit, beside the projection. */
export function createCompareButtons(change: (view: Partial<DetailView>) => void): Component<DetailData> {
  let data: DetailData | undefined;
  const methods = (Object.keys(strings.toolbar.methods) as MethodName[]).map((method) => {
    const toggle = button({
      text: strings.detail.methods[method],
      label: strings.toolbar.methods[method],
      testId: `compare-${method}`,
      onClick: () => {
        const compare = data?.view.compare ?? [];
        change({
          compare: compare.includes(method)
            ? compare.filter((other) => other !== method)
            : [...compare, method],
        });
      },
    });
    return { method, toggle };
  });
  const other = button({
    text: strings.detail.other,
    testId: 'same-switches',
    onClick: () => change({ draw: (data?.view.draw ?? 0) + 1 }),
  });
  const line = element(
    'div',
    { class: 'detail-buttons', role: 'group', 'aria-label': strings.detail.compare },
    element('span', { class: 'muted' }, strings.detail.compare),
    ...methods.map(({ toggle }) => toggle),
    other,
  );
  return {
    element: line,
    update: (next) => {
      data = next;
      for (const { method, toggle } of methods) {
        show(toggle, method !== next.method);
        setAttributes(toggle, { 'aria-pressed': String(next.view.compare.includes(method)) });
      }
      other.disabled = next.layer.recording.maxima.length < 2 || !((next.activation ?? 0) > 0);
    },
  };
}
