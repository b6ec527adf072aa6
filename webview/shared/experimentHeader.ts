import type { Peer } from '../../src/protocol/contract';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { element, setText, type Component } from './element';
import type { ExperimentState } from './experimentSession';
import { baseName } from './baseName';
import { createImageChooser } from './imageChooser';
import { sharedStrings } from './strings';
import { button } from './toolkit';

export type ExperimentHeaderProps = Pick<ExperimentState, 'subject' | 'recording'>;

/** What the experiment is about, and other images and models for it. */
export function createExperimentHeader(
  title: string,
  host: Peer<PanelHostContract>,
): Component<ExperimentHeaderProps> {
  const heading = element('h1', { class: 'title' }, title);
  const facts = element('p', { class: 'muted' });
  const chooser = createImageChooser();
  return {
    element: element(
      'header',
      { class: 'experiment-header' },
      element('div', { class: 'grow' }, heading, facts),
      element(
        'div',
        { class: 'header-buttons' },
        chooser.element,
        button({ text: sharedStrings.chooseImage, onClick: () => void host.call('chooseImage', null) }),
        button({ text: sharedStrings.chooseModel, onClick: () => void host.call('chooseModel', null) }),
      ),
    ),
    update: ({ subject, recording }) => {
      if (!subject) return;
      const model = recording?.model;
      const names = sharedStrings.imageInModel(
        baseName(subject.image),
        model?.name ?? baseName(subject.model),
      );
      setText(facts, model ? `${names} · ${model.runtime}` : names);
      facts.title = subject.model;
      chooser.update({ subject, select: (image) => void host.call('selectImage', { image }) });
    },
  };
}
