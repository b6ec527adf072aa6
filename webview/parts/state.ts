import { noParts, type PartsChange } from '../../src/core/formats/partChanges';
import type { PartsFile } from '../../src/core/formats/parts';
import type { Failure } from '../../src/protocol/contract';
import type { ViewedPicture } from '../../src/protocol/correspondence';
import type { PanelSubject } from '../../src/protocol/panelContract';

/** `loading` a picture or the annotations, `ready` for a click, unable to go on, or without an engine. */
export type AnnotationPhase = 'loading' | 'ready' | 'failed' | 'down';

export interface AnnotationState {
  readonly phase: AnnotationPhase;
  readonly subject: PanelSubject | null;
  readonly failure: Failure | null;
  /** What `parts.json` says, with every change made here. */
  readonly parts: PartsFile;
  /** The shown picture as the network sees it; `null` until it is read. */
  readonly viewed: ViewedPicture | null;
  /** Parts that were named here and may have no place yet. */
  readonly added: readonly string[];
  /** The part that a click places. */
  readonly selected: string;
  /** Changes that lead back; the last one is undone first. */
  readonly undo: readonly PartsChange[];
  /** A sentence about the last action; empty where there is nothing to say. */
  readonly notice: string;
}

export const nothingShown: AnnotationState = {
  phase: 'loading',
  subject: null,
  failure: null,
  parts: noParts,
  viewed: null,
  added: [],
  selected: '',
  undo: [],
  notice: '',
};

export interface StateAccess {
  readonly get: () => AnnotationState;
  readonly set: (changes: Partial<AnnotationState>) => void;
  readonly fail: (failure: Failure) => void;
}
