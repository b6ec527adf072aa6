import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/protocol/contract';
import type { RecordingSummary } from '../../src/protocol/model';
import {
  INITIAL_STATE,
  layerStatus,
  layerView,
  type PanelState,
} from '../../webview/layers/state/panelState';
import { fromPersisted, toPersisted } from '../../webview/layers/state/persisted';
import { reduce, type Action } from '../../webview/layers/state/reducer';
import { defaultScenario, subject } from './harness/scenario';
import { syntheticRecording } from './harness/syntheticModel';

const failure: Failure = { kind: 'user', code: 'x', message: 'No.', hint: '' };

function after(...actions: readonly Action[]): PanelState {
  return actions.reduce(reduce, INITIAL_STATE);
}

const recording: RecordingSummary = syntheticRecording(defaultScenario, subject.image);
const shown: readonly Action[] = [
  { type: 'show', subject },
  { type: 'recorded', recording },
];

describe('the panel state', () => {
  it('goes from starting through recording to projecting', () => {
    expect(after().phase).toBe('starting');
    expect(after({ type: 'show', subject }).phase).toBe('recording');
    expect(after(...shown).phase).toBe('projecting');
  });

  it('drops the results of the old subject when a newer one is shown, and keeps the choices of the same model', () => {
    const state = after(
      ...shown,
      { type: 'more', layer: 'conv1' },
      { type: 'tiles', layer: 'conv1' },
      { type: 'layerFailed', layer: 'conv2', failure },
      { type: 'openDetail', layer: 'conv3', map: 7 },
      { type: 'show', subject: { ...subject, image: subject.images[1]! } },
    );
    expect(state.recording).toBeNull();
    expect(layerStatus(state, 'conv2').failure).toBeNull();
    expect(layerView(state, 'conv1').shown).toBe(18);
    expect(state.detail).toMatchObject({ layer: 'conv3', map: 7 });
  });

  it('drops the choices too when the model changes', () => {
    const state = after(
      ...shown,
      { type: 'more', layer: 'conv1' },
      { type: 'openDetail', layer: 'conv3', map: 7 },
      { type: 'show', subject: { ...subject, model: '/models/other.onnx' } },
    );
    expect(layerView(state, 'conv1').shown).toBe(9);
    expect(state.detail).toBeNull();
  });

  it.each([
    ['a layer the model does not have', 'conv99', 0],
    ['a map the layer does not have', 'conv1', 5000],
  ])('closes a restored detail of %s', (_, layer, map) => {
    const state = after(
      { type: 'show', subject },
      { type: 'openDetail', layer, map },
      { type: 'recorded', recording },
    );
    expect(state.detail).toBeNull();
  });

  it('resumes where it was cancelled', () => {
    expect(after({ type: 'show', subject }, { type: 'cancel' }, { type: 'resume' }).phase).toBe('recording');
    expect(after(...shown, { type: 'cancel' }, { type: 'resume' }).phase).toBe('projecting');
  });

  it('forgets failures and busy layers with the method, not the recording', () => {
    const state = after(
      ...shown,
      { type: 'busy', layers: ['conv1'] },
      { type: 'layerFailed', layer: 'conv2', failure },
      { type: 'method', method: 'gradient' },
    );
    expect(state.busy).toEqual([]);
    expect(layerStatus(state, 'conv2').failure).toBeNull();
    expect(state.recording).toBe(recording);
  });

  it('adds a map by number once', () => {
    const add: Action = { type: 'addMap', layer: 'conv1', map: 40 };
    expect(layerView(after(...shown, add, add), 'conv1').extra).toEqual([40]);
  });

  it('forgives a failed layer on request', () => {
    const state = after(
      ...shown,
      { type: 'layerFailed', layer: 'conv2', failure },
      { type: 'retryLayer', layer: 'conv2' },
    );
    expect(layerStatus(state, 'conv2').failure).toBeNull();
  });
});

describe('the state that survives a reload', () => {
  const scroll = { layer: 'conv3', offset: 12 };
  const state = after(
    ...shown,
    { type: 'method', method: 'guided' },
    { type: 'scale', scale: 'layer' },
    { type: 'layer', layer: 'conv2', view: { collapsed: true } },
    { type: 'addMap', layer: 'conv1', map: 40 },
    { type: 'openDetail', layer: 'conv3', map: 7 },
    { type: 'detail', view: { position: [3, 4], compare: ['gradient'], draw: 2 } },
  );

  it('is plain data that comes back the same', () => {
    const stored: unknown = JSON.parse(JSON.stringify(toPersisted(state, scroll)));
    const restored = fromPersisted(stored);
    expect(restored.scroll).toEqual(scroll);
    for (const name of ['subject', 'method', 'scale', 'views', 'detail', 'tables'] as const) {
      expect(restored.state[name]).toEqual(state[name]);
    }
    expect(restored.state.phase).toBe('starting');
  });

  it.each([
    undefined,
    null,
    7,
    'x',
    {},
    { version: 2 },
    {
      version: 1,
      subject: { model: 3 },
      method: 'x',
      scale: 'y',
      views: [[1], ['a', { shown: -1 }]],
      detail: {},
      scroll: 4,
    },
    { version: 1, views: 'x', detail: { layer: 'a', map: 1.5, position: null, compare: [], draw: 0 } },
  ])('falls back to a fresh start where it is not usable: %j', (stored) => {
    expect(fromPersisted(stored)).toEqual({ state: INITIAL_STATE, scroll: null });
  });
});
