import type { Picture } from '../../src/core/imaging/preprocessing';
import type { ProjectedUnit } from '../../src/protocol/model';
import { element, setText, show, type Component } from '../shared/element';
import { createOverlayView } from '../shared/overlayView';
import { strings } from './strings';

export interface ProjectionViewProps {
  /** Of all watched maps. */
  readonly names: readonly string[];
  readonly selected: number;
  readonly input: Picture;
  /** `null` while it is computed, and where there is none. */
  readonly unit: ProjectedUnit | null;
}

/** The projection of one of the watched maps in the whole picture, with its receptive field. */
export function createProjectionView(select: (index: number) => void): Component<ProjectionViewProps> {
  const heading = element('h2', {});
  const choices = element('div', { class: 'chips' });
  const inactive = element('p', { class: 'muted' }, strings.views.noProjection);
  const overlay = createOverlayView();
  let drawn: ProjectionViewProps | undefined;
  return {
    element: element('section', { class: 'projection' }, heading, choices, inactive, overlay.element),
    update: (props) => {
      const { names, selected, input, unit } = props;
      setText(heading, strings.views.projection(names[selected]!));
      if (drawn?.names.join('\n') !== names.join('\n') || drawn.selected !== selected) {
        const buttons = names.map((name, index) =>
          choiceButton(name, index === selected, () => select(index)),
        );
        choices.replaceChildren(...(names.length > 1 ? buttons : []));
      }
      show(inactive, unit?.status === 'inactive');
      overlay.update({ input, unit, scale: unit?.tile?.quantile ?? 0 });
      drawn = props;
    },
  };
}

function choiceButton(name: string, pressed: boolean, onClick: () => void): HTMLElement {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'plain-button',
      'aria-pressed': String(pressed),
      'aria-label': strings.views.choose(name),
    },
    name,
  );
  button.addEventListener('click', onClick);
  return button;
}
