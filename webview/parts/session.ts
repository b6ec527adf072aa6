import { noParts } from '../../src/core/formats/partChanges';
import { parseParts, PARTS_NAME } from '../../src/core/formats/parts';
import type { Handlers, Peer } from '../../src/protocol/contract';
import type { PanelHostContract, PanelSubject, PanelViewContract } from '../../src/protocol/panelContract';
import { baseName } from '../shared/baseName';
import { nextUnplaced, offeredParts, placesIn } from './annotation';
import { createChanger } from './changes';
import { createPartActions, type PartActions } from './partActions';
import { nothingShown, type AnnotationState, type StateAccess } from './state';

export interface AnnotationSession extends PartActions {
  readonly get: () => AnnotationState;
  readonly begin: () => Promise<void>;
  readonly retry: () => Promise<void>;
  /** Shows the picture so many further on, as far as there are any. */
  readonly step: (by: number) => void;
  readonly importParts: () => Promise<void>;
  readonly calls: Handlers<PanelViewContract>;
}

export interface AnnotationSessionOptions {
  readonly host: Peer<PanelHostContract>;
  /** Remembers the subject for a reload of the window. */
  readonly persist: (subject: PanelSubject) => void;
  readonly onChange: () => void;
}

/** One picture after another: shows it, takes places, and has each change saved at once. */
export function createAnnotationSession(options: AnnotationSessionOptions): AnnotationSession {
  const { host } = options;
  const access = createState(options.onChange);
  const { get, set, fail } = access;
  const open = createOpener(options, access);
  const show = (image: string | undefined) => {
    if (image !== undefined && image !== get().subject?.image) void host.call('selectImage', { image });
  };
  const begin = async () => {
    const outcome = await host.call('ready', null);
    if (outcome.ok) await open(outcome.value.subject);
    else fail(outcome.failure);
  };
  return {
    ...createPartActions({ get, set, show, change: createChanger(host, access) }),
    get,
    begin,
    retry: async () => {
      const { phase, subject } = get();
      if (phase === 'down') {
        const restarted = await host.call('restartEngine', null);
        if (!restarted.ok) return fail(restarted.failure);
      }
      await (subject ? open(subject) : begin());
    },
    step: (by) => {
      const { subject } = get();
      if (subject) show(subject.images[subject.images.indexOf(subject.image) + by]);
    },
    importParts: async () => {
      const { subject } = get();
      if (!subject) return;
      const outcome = await host.call('importParts', { image: subject.image });
      if (!outcome.ok) return fail(outcome.failure);
      if (!outcome.value) return;
      // The way back from earlier changes does not know what came in.
      set({ undo: [] });
      await open(subject);
    },
    calls: {
      show: async ({ subject }) => {
        void open(subject);
        return null;
      },
      settings: async () => null,
      revealLayer: async () => null,
      engineDown: async (failure) => {
        set({ phase: 'down', failure });
        return null;
      },
    },
  };
}

function createState(onChange: () => void): StateAccess {
  let state = nothingShown;
  const set = (changes: Partial<AnnotationState>) => {
    state = { ...state, ...changes };
    onChange();
  };
  return {
    get: () => state,
    set,
    fail: (failure) => {
      if (failure.kind === 'cancelled') return;
      set({ phase: failure.kind === 'gone' ? 'down' : 'failed', failure });
    },
  };
}

/** Reads a picture and the annotations beside it; the answer for a picture that is no longer shown is dropped. */
function createOpener({ host, persist }: AnnotationSessionOptions, { get, set, fail }: StateAccess) {
  return async (subject: PanelSubject): Promise<void> => {
    persist(subject);
    const { image, model } = subject;
    const before = get().subject?.image;
    if (before === undefined || folderOf(before) !== folderOf(image)) set({ added: [], undo: [] });
    set({ phase: 'loading', subject, failure: null, viewed: null, notice: '' });
    const [read, viewed] = await Promise.all([
      host.call('readParts', { image }),
      host.call('viewPicture', { model, image }),
    ]);
    if (get().subject !== subject) return;
    if (!read.ok) return fail(read.failure);
    const { text } = read.value;
    const parts = text === null ? noParts : parseParts(text, PARTS_NAME);
    const offered = offeredParts(parts, get().added);
    set({ parts, selected: nextUnplaced(offered, placesIn(parts, image), offered.at(-1)!) });
    if (viewed.ok) set({ phase: 'ready', viewed: viewed.value });
    else fail(viewed.failure);
  };
}

/** The annotations lie in it. */
function folderOf(image: string): string {
  return image.slice(0, -baseName(image).length);
}
