import { partNames } from '../../src/core/formats/partChanges';
import { DEFAULT_SIZE } from '../../src/core/formats/parts';
import { element, setText, type Component } from '../shared/element';
import { createRangeSlider } from '../shared/rangeSlider';
import { createSeedField } from '../shared/seedField';
import { button, checkbox } from '../shared/toolkit';
import type { CorrespondenceState } from './correspondenceModel';
import type { CorrespondenceSettings } from './settings';
import { strings } from './strings';

const draws = { min: 0, max: 199, step: 1 };
const SMALLEST = 4;

/** The settings of the comparison. A change takes effect at once. */
export function createControls(
  change: (settings: Partial<CorrespondenceSettings>) => void,
  annotate: () => void,
): Component<CorrespondenceState> {
  const { settings: words } = strings;
  const parts = createPartChoice((chosen) => change({ parts: chosen }));
  const size = createRangeSlider({ text: words.size, label: words.sizeLabel, testId: 'size', onChange: (value) => change({ size: value }) }); // prettier-ignore
  const count = createRangeSlider({ text: words.draws, label: words.drawsLabel, testId: 'draws', onChange: (value) => change({ draws: value }) }); // prettier-ignore
  const notice = element('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const seed = createSeedField({
    text: words.seed,
    label: words.seedLabel,
    onSubmit: (value) => {
      setText(notice, value === null ? words.badSeed : '');
      if (value !== null) change({ seed: value });
    },
  });
  return {
    element: element(
      'section',
      { class: 'settings', 'aria-label': words.group },
      parts.element,
      size.element,
      count.element,
      seed.element,
      button({ text: words.annotate, onClick: annotate, testId: 'annotate' }),
      notice,
    ),
    update: (state) => {
      const { settings, parts: file, recording } = state;
      parts.update(state);
      const { height, width } = recording.input;
      size.update({ min: SMALLEST, max: Math.floor(Math.min(height, width) / 2), step: 1, value: settings.size ?? file?.size ?? DEFAULT_SIZE }); // prettier-ignore
      count.update({ ...draws, value: settings.draws });
      seed.update(settings.seed);
    },
  };
}

/** A box to tick for each part; one at least stays ticked. */
function createPartChoice(choose: (parts: readonly string[]) => void): Component<CorrespondenceState> {
  const place = element('span', { class: 'setting', role: 'group', 'aria-label': strings.settings.parts });
  let shown = '';
  return {
    element: place,
    update: ({ parts: file, settings }) => {
      const names = file ? partNames(file) : [];
      const chosen = settings.parts ? names.filter((name) => settings.parts!.includes(name)) : names;
      const key = JSON.stringify([names, chosen]);
      if (key === shown) return;
      shown = key;
      const focused = document.activeElement?.getAttribute('data-testid');
      place.replaceChildren(
        ...names.map((name) =>
          checkbox({
            text: strings.settings.part(name),
            checked: chosen.includes(name),
            onChange: (checked) => {
              const next = names.filter((other) => (other === name ? checked : chosen.includes(other)));
              choose(next.length > 0 ? next : [name]);
            },
            testId: `part-${name}`,
          }),
        ),
      );
      if (focused) place.querySelector<HTMLElement>(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
    },
  };
}
