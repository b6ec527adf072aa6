import type { Peer } from '../../src/protocol/contract';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { element, setText, type Component } from '../shared/element';
import { createRangeSlider } from '../shared/rangeSlider';
import { button } from '../shared/toolkit';
import { sizeOf } from './annotation';
import type { AnnotationSession } from './session';
import type { AnnotationState } from './state';
import { strings } from './strings';

const SMALLEST = 4;

/** Which picture is shown, undo, the size of the squares, and the way to what the annotations are for. */
export function createToolbar(
  session: AnnotationSession,
  host: Peer<PanelHostContract>,
): Component<AnnotationState> {
  const { toolbar: words } = strings;
  const previous = button({ text: words.previous, onClick: () => session.step(-1), testId: 'previous' });
  const next = button({ text: words.next, onClick: () => session.step(1), testId: 'next' });
  const counted = element('span', { class: 'muted', 'data-testid': 'counted' });
  const undo = button({ text: words.undo, onClick: session.undo, testId: 'undo' });
  const size = createRangeSlider({ text: words.size, label: words.sizeLabel, testId: 'size', onChange: session.setSize }); // prettier-ignore
  const importing = button({ text: words.import, label: words.importLabel, onClick: () => void session.importParts(), testId: 'import' }); // prettier-ignore
  const compare = button({
    text: words.compare,
    onClick: () => void host.call('openPanel', { name: 'correspondence' }),
    appearance: 'primary',
    testId: 'compare',
  });
  return {
    element: element('section', { class: 'settings', 'aria-label': words.group }, previous, counted, next, undo, size.element, importing, compare), // prettier-ignore
    update: ({ subject, parts, viewed, undo: changes }) => {
      const { images = [], image = '' } = subject ?? {};
      const index = images.indexOf(image);
      previous.disabled = index <= 0;
      next.disabled = index + 1 >= images.length;
      undo.disabled = changes.length === 0;
      setText(counted, words.counted(index + 1, images.length));
      const { height, width } = viewed?.picture ?? { height: 224, width: 224 };
      size.update({ min: SMALLEST, max: Math.floor(Math.min(height, width) / 2), step: 1, value: sizeOf(parts) }); // prettier-ignore
    },
  };
}
