import { element, setAttributes, show, uniqueId } from '../../shared/element';
import { strings } from '../strings';

export interface Legend {
  readonly button: HTMLElement;
  readonly element: HTMLElement;
}

/** What grey, dark and colour mean, behind a button. */
export function createLegend(): Legend {
  const id = uniqueId('legend');
  const { grey, bright, dark, colour, signed, scale, pair, switches } = strings.legend;
  const terms = [
    { swatch: 'grey', entry: grey },
    { swatch: 'bright', entry: bright },
    { swatch: 'dark', entry: dark },
    { swatch: 'colour', entry: colour },
  ].map(({ swatch, entry: [term, meaning] }) =>
    element(
      'li',
      {},
      element('span', { class: `swatch swatch-${swatch}`, 'aria-hidden': 'true' }),
      element('b', {}, term ?? ''),
      ` ${meaning}`,
    ),
  );
  const content = element(
    'div',
    { class: 'legend', id, hidden: true },
    element('ul', { class: 'swatches' }, ...terms),
    ...[pair, signed, scale, switches].map((text) => element('p', {}, text)),
  );
  const toggle = element(
    'button',
    {
      type: 'button',
      class: 'plain-button',
      'data-testid': 'legend',
      'aria-expanded': 'false',
      'aria-controls': id,
    },
    strings.toolbar.legend,
  );
  toggle.addEventListener('click', () => {
    show(content, content.hidden);
    setAttributes(toggle, { 'aria-expanded': String(!content.hidden) });
  });
  return { button: toggle, element: content };
}
