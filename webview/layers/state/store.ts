import { reduce, type Action } from './reducer';
import type { PanelState } from './panelState';

export interface Store {
  readonly get: () => PanelState;
  readonly dispatch: (action: Action) => void;
  /** Called after every change, with what was before it. */
  readonly subscribe: (listener: (state: PanelState, before: PanelState) => void) => void;
}

export function createStore(initial: PanelState): Store {
  let state = initial;
  const listeners: ((state: PanelState, before: PanelState) => void)[] = [];
  return {
    get: () => state,
    dispatch: (action) => {
      const before = state;
      state = reduce(state, action);
      if (state !== before) for (const listener of listeners) listener(state, before);
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}
