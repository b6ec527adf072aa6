import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/diagnose/finding';
import type { SourceMatch } from '../../../src/core/source/match';
import type { IndexedDocument } from '../../../src/host/codeIndex';
import { collectProblems } from '../../../src/host/problems/collectProblems';
import { modelFindings } from '../../../src/host/problems/modelFindings';
import { shownModels } from '../../../src/host/problems/shownModels';
import type { Peer } from '../../../src/protocol/contract';
import type { EngineContract } from '../../../src/protocol/engineContract';
import type { ModelSummary, RecordingSummary } from '../../../src/protocol/model';

function summaryOf(hash: string): ModelSummary {
  const layers = ['conv1', 'conv2'].map((label) => ({ label, op: 'Conv + Relu', shape: [4, 9, 9] }));
  return { path: '/m.onnx', hash, layers } as unknown as ModelSummary;
}

const summary = summaryOf('1');

function recording(model: ModelSummary, maxima: readonly number[]): RecordingSummary {
  return {
    model,
    layers: [{ label: 'conv1', maxima: Float32Array.from(maxima) }],
  } as unknown as RecordingSummary;
}

describe('the models that panels show', () => {
  const follow = () => {
    let changes = 0;
    const shown = shownModels(() => changes++);
    shown.shown({ model: '/m.onnx', images: ['a.png', 'b.png'], image: 'a.png' });
    return { shown, changes: () => changes };
  };
  const inactive = (shown: ReturnType<typeof shownModels>) =>
    shown.all().flatMap(({ findings }) => findings.map(({ filters }) => filters));

  it('say which maps none of the current images activated', () => {
    const { shown, changes } = follow();
    expect(shown.all()).toEqual([]);
    shown.recorded({ model: '/m.onnx', image: 'a.png' }, recording(summary, [0, 1, -1, 0]));
    expect(inactive(shown)).toEqual([[0, 2, 3]]);
    shown.recorded({ model: '/m.onnx', image: 'b.png' }, recording(summary, [3, 0, -2, 0]));
    expect(inactive(shown)).toEqual([[2, 3]]);
    expect(shown.all()[0]!.findings[0]!.message).toContain('any of 2 images');
    expect(changes()).toBe(3);
  });

  it('forget images that are no longer shown, other weights, and models that are closed', () => {
    const { shown } = follow();
    shown.recorded({ model: '/m.onnx', image: 'a.png' }, recording(summary, [0, 1]));
    shown.recorded({ model: '/m.onnx', image: 'b.png' }, recording(summary, [1, 0]));
    expect(inactive(shown)).toEqual([]);
    shown.shown({ model: '/m.onnx', images: ['b.png'], image: 'b.png' });
    expect(inactive(shown)).toEqual([[1]]);
    shown.recorded({ model: '/m.onnx', image: 'b.png' }, recording(summaryOf('2'), [0, 1]));
    expect(inactive(shown)).toEqual([[0]]);
    shown.closed('/m.onnx');
    expect(shown.all()).toEqual([]);
  });
});

const finding = (layer: string): Finding => ({
  code: 'dead-filters',
  severity: 'warning',
  layer,
  message: layer,
  why: '',
  filters: [],
  fix: null,
});

describe('problems', () => {
  const definition = { range: { start: { line: 3, character: 0 } }, literals: {} };
  const match = { layers: [{ layer: 'conv1', definition, mismatches: [] }] } as unknown as SourceMatch;
  const document = { model: summary, match } as unknown as IndexedDocument;
  const weights = () => [finding('conv1'), finding('conv2')];

  it('are at the code that defines their layers, else at the model', () => {
    const { documents, models } = collectProblems([document], [], weights);
    expect(documents.map(({ problems }) => problems.map(({ message }) => message))).toEqual([['conv1']]);
    expect([...models]).toEqual([['/m.onnx', [finding('conv2')]]]);
  });

  it('of a model that only a panel shows are at the model', () => {
    const shown = [{ summary, findings: [finding('conv1')] }];
    const { documents, models } = collectProblems([], shown, () => [finding('conv2')]);
    expect(documents).toEqual([]);
    expect([...models]).toEqual([['/m.onnx', [finding('conv2'), finding('conv1')]]]);
  });
});

describe('what is found in weights', () => {
  const ask = (answer: () => Promise<unknown>, assertMayOpen: (model: string) => void = () => undefined) => {
    let [calls, loaded] = [0, 0];
    const errors: string[] = [];
    const call = () => {
      calls++;
      return answer();
    };
    const findings = modelFindings({
      engine: { call } as unknown as Peer<EngineContract>,
      assertMayOpen,
      loaded: () => loaded++,
      log: { error: (text) => errors.push(text) },
    });
    return { findings, errors, calls: () => calls, loaded: () => loaded };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('is asked for once for a version of a model', async () => {
    const asked = ask(async () => ({ ok: true, value: [finding('conv1')] }));
    expect(asked.findings.get(summary)).toBeUndefined();
    expect(asked.findings.get(summary)).toBeUndefined();
    await turn();
    expect(asked.findings.get(summary)).toEqual([finding('conv1')]);
    expect([asked.calls(), asked.loaded()]).toEqual([1, 1]);
    expect(asked.findings.get(summaryOf('2'))).toBeUndefined();
    expect(asked.calls()).toBe(2);
  });

  it('is asked for again where the engine failed, and never of a model that may not be opened', async () => {
    const failing = ask(async () => ({ ok: false, failure: { message: 'gone' } }));
    failing.findings.get(summary);
    await turn();
    failing.findings.get(summary);
    expect([failing.calls(), failing.loaded(), failing.errors.length]).toEqual([2, 0, 1]);
    const untrusted = ask(
      async () => ({ ok: true, value: [] }),
      () => {
        throw new Error('not trusted');
      },
    );
    untrusted.findings.get(summary);
    await turn();
    expect([untrusted.calls(), untrusted.errors]).toEqual([0, ['Error: not trusted']]);
  });
});
