import type { DataSetSubject } from '../../src/protocol/dataSetContract';
import { element, setText, show, type Component } from '../shared/element';
import type { MapData } from './mapData';
import { strings } from './strings';

export interface UnreadNoteProps {
  readonly subject: DataSetSubject | null;
  /** Those near the screen, as far as they are loaded. */
  readonly maps: readonly (MapData | undefined)[];
}

/** Says that pictures which the index names are not where they were. */
export function createUnreadNote(): Component<UnreadNoteProps> {
  const note = element('p', { role: 'status', 'data-testid': 'unread' });
  return {
    element: note,
    update: ({ subject, maps }) => {
      const failed = failedPictures(maps);
      show(note, failed > 0);
      setText(note, subject && failed > 0 ? strings.unread(failed, subject) : '');
    },
  };
}

/** How many pictures could not be read again, each counted once. */
function failedPictures(maps: readonly (MapData | undefined)[]): number {
  const images = maps.flatMap((data) =>
    (data?.pictures ?? []).flatMap((place, i) =>
      place?.kind === 'failed' ? data!.found.places[i]!.image : [],
    ),
  );
  return new Set(images).size;
}
