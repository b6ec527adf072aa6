import { element, setText } from '../../shared/element';
import type { PanelState } from '../state/panelState';
import { strings } from '../strings';

export interface Announcer {
  readonly element: HTMLElement;
  /** `done`: nothing is left to project. */
  readonly update: (state: PanelState, done: boolean) => void;
}

/** Tells a screen reader the turns of events; failures are alerts of their own, single rows would be chatter. */
export function createAnnouncer(): Announcer {
  const region = element('div', { class: 'visually-hidden', role: 'status', 'data-testid': 'live' });
  return {
    element: region,
    update: (state, done) => {
      const { phase, recording, step } = state;
      const { progress } = strings;
      if (phase === 'cancelled') setText(region, `${progress.cancelled} ${progress.resume}`);
      else if (phase === 'recording') setText(region, step ? progress.steps[step] : progress.starting);
      else if (phase === 'projecting' && recording) {
        const { name } = recording.model;
        setText(region, done ? progress.allDone : progress.started(name, recording.layers.length));
      }
    },
  };
}
