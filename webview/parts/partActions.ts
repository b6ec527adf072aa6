import type { PartChange } from '../../src/core/formats/partChanges';
import { isPartName } from '../../src/core/formats/parts';
import { fromCrop } from '../../src/core/imaging/cropView';
import type { PanelSubject } from '../../src/protocol/panelContract';
import { baseName } from '../shared/baseName';
import { nextUnplaced, offeredParts, placesIn, renamedEverywhere } from './annotation';
import type { MakeChange } from './changes';
import type { StateAccess } from './state';
import { strings } from './strings';

/** What the user does with parts. */
export interface PartActions {
  readonly select: (part: string) => void;
  /** Places the selected part at a place of what the network sees, and selects the next one without a place. */
  readonly place: (at: readonly [x: number, y: number]) => void;
  /** Takes a part away from the shown picture; the selected one where none is named. */
  readonly clear: (part?: string) => void;
  readonly add: (name: string) => void;
  /** In all pictures. */
  readonly rename: (from: string, to: string) => void;
  readonly remove: (part: string) => void;
  readonly setSize: (size: number) => void;
  /** Undoes the last change, and shows the picture that it was about. */
  readonly undo: () => void;
}

export interface PartActionsOptions extends Pick<StateAccess, 'get' | 'set'> {
  readonly change: MakeChange;
  readonly show: (image: string | undefined) => void;
}

export function createPartActions({ get, set, change, show }: PartActionsOptions): PartActions {
  const names = () => offeredParts(get().parts, get().added);
  const refusal = (name: string): string => {
    if (!isPartName(name)) return strings.badName;
    return names().includes(name) ? strings.nameInUse(name) : '';
  };
  /** Changes a part wherever it is marked, which may be nowhere. */
  const everywhere = (from: string, to: string | null): boolean => {
    const places = renamedEverywhere(get().parts, from, to);
    return places.length === 0 || change({ places });
  };
  return {
    select: (selected) => set({ selected, notice: '' }),
    place: ([x, y]) => {
      const { subject, viewed, selected, phase } = get();
      if (phase !== 'ready' || !subject || !viewed) return;
      const place = fromCrop(viewed.view, [x, y]);
      const offered = names();
      if (!change({ places: [{ file: baseName(subject.image), part: selected, place }] })) return;
      const next = nextUnplaced(offered, placesIn(get().parts, subject.image), selected);
      set({
        added: offered,
        selected: next,
        notice: strings.placed(selected, Math.floor(x), Math.floor(y)),
      });
    },
    clear: (part = get().selected) => {
      const { subject, parts, phase } = get();
      if (phase === 'loading' || !subject || !placesIn(parts, subject.image).has(part)) return;
      const offered = names();
      const taken = change({ places: [{ file: baseName(subject.image), part, place: null }] });
      if (taken) set({ added: offered, selected: part });
    },
    add: (name) => {
      const notice = refusal(name);
      set(notice === '' ? { added: [...names(), name], selected: name, notice } : { notice });
    },
    rename: (from, to) => {
      const notice = refusal(to);
      if (notice !== '') return set({ notice });
      const added = names().map((name) => (name === from ? to : name));
      if (everywhere(from, to)) set({ added, selected: get().selected === from ? to : get().selected });
    },
    remove: (part) => {
      const added = names().filter((name) => name !== part);
      if (!everywhere(part, null)) return;
      set({ added, selected: get().selected === part ? (added[0] ?? strings.defaults[0]!) : get().selected });
    },
    setSize: (size) => void change({ places: [], size }),
    undo: () => {
      const { undo, subject } = get();
      const last = undo.at(-1);
      if (!last || !change(last)) return;
      set({ undo: undo.slice(0, -1), notice: strings.undone });
      show(pictureOf(last.places, subject));
    },
  };
}

/** The only picture that a change is about. */
function pictureOf(places: readonly PartChange[], subject: PanelSubject | null): string | undefined {
  const files = new Set(places.map(({ file }) => file));
  return files.size === 1 ? subject?.images.find((image) => files.has(baseName(image))) : undefined;
}
