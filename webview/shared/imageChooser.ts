import type { PanelSubject } from '../../src/protocol/panelContract';
import { baseName } from './baseName';
import { element, type Component } from './element';
import { sharedStrings } from './strings';
import { dropdown, type DropdownElement } from './toolkit';

export interface ImageChooserProps {
  readonly subject: PanelSubject;
  readonly select: (image: string) => void;
}

/** Stays the same element as long as the images do: it may have the focus. */
export function createImageChooser(): Component<ImageChooserProps> {
  const place = element('span', { class: 'chooser' });
  let images: readonly string[] = [];
  let list: DropdownElement | undefined;
  return {
    element: place,
    update: ({ subject, select }) => {
      if (images.join('\n') !== subject.images.join('\n')) {
        images = subject.images;
        list = imageDropdown(subject, select);
        place.replaceChildren(...(images.length > 1 ? [list] : []));
      } else if (list && list.value !== subject.image) list.value = subject.image;
    },
  };
}

function imageDropdown({ images, image }: PanelSubject, select: (image: string) => void): DropdownElement {
  return dropdown({
    label: sharedStrings.image,
    choices: images.map((path) => ({ value: path, text: baseName(path) })),
    selected: image,
    onChange: select,
    testId: 'image-select',
  });
}
