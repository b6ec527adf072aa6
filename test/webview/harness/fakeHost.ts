import { UserError } from '../../../src/core/errors';
import { addParts, changeParts, noParts } from '../../../src/core/formats/partChanges';
import { formatParts, parseParts } from '../../../src/core/formats/parts';
import type { CallContext, Failure, Handlers } from '../../../src/protocol/contract';
import type { PanelHostContract, PanelViewContract } from '../../../src/protocol/panelContract';
import { connect } from '../../../src/protocol/pump';
import type { Scenario } from './scenario';
import { syntheticCorrespondence, syntheticInvariance, syntheticLesion } from './syntheticExperiments';
import { syntheticFeatureMap, syntheticRecording, syntheticUnit, syntheticView } from './syntheticModel';
import { syntheticSweep } from './syntheticSweep';
import { calls, transport, violations } from './fakeEditor';

/** Plays VS Code and the host for the panel in a bare browser. Runs before the panel's script. */

let { scenario } = window;
let dead = false;
const cancelled: string[] = [];
const saved: { name: string; content: Uint8Array }[] = [];
/** What views keep, for as long as the page lives. */
const kept = new Map<string, unknown>();
const gone: Failure = {
  kind: 'gone',
  code: 'gone',
  message: 'It ended unexpectedly (SIGKILL).',
  hint: '',
};

async function wait(milliseconds: number, signal: AbortSignal, method: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (!signal.aborted) return;
  cancelled.push(method);
  signal.throwIfAborted();
}

/** A failure as the pump sends it; only `user` ones keep their words. */
function thrown(failure: Failure): Error {
  return failure.kind === 'user'
    ? new UserError(failure.code, failure.message, failure.hint)
    : new Error(failure.message);
}

/** An experiment, value by value. */
async function play<P>(method: string, values: Iterable<P>, { signal, progress }: CallContext<P>) {
  for (const value of values) {
    await wait(scenario.unitDelay, signal, method);
    if (dead) await new Promise(() => undefined);
    await progress(value);
  }
  return { milliseconds: 1 };
}

const handlers: Handlers<PanelHostContract> = {
  ready: async () => ({ subject: current, settings: scenario.settings }),
  record: async ({ image }, { signal, progress }) => {
    for (const step of ['model', 'image', 'forward'] as const) {
      await progress({ step });
      await wait(scenario.stepDelay, signal, 'record');
    }
    if (scenario.recordFailure) throw thrown(scenario.recordFailure);
    return syntheticRecording(scenario, image);
  },
  project: async ({ image, layer, units, method }, { signal, progress }) => {
    const failure = scenario.layerFailures[layer];
    await wait(scenario.unitDelay, signal, 'project');
    if (failure) throw thrown(failure);
    for (const [index, unit] of units.entries()) {
      if (scenario.diesAt === layer && index === 2) die();
      if (dead) await new Promise(() => undefined);
      await wait(scenario.unitDelay, signal, 'project');
      await progress(syntheticUnit(scenario, image, layer, index, unit, method));
    }
    return { milliseconds: 1 };
  },
  featureMap: async ({ layer, map }, { signal }) => {
    await wait(scenario.unitDelay, signal, 'featureMap');
    return syntheticFeatureMap(scenario, layer, map);
  },
  chooseModel: async () => null,
  chooseImage: async () => null,
  selectImage: async ({ image }) => {
    show({ ...current, image });
    return null;
  },
  writeSidecar: async () => null,
  occlude: (request, context) => play('occlude', syntheticSweep(scenario, request), context),
  invariance: (request, context) => play('invariance', syntheticInvariance(scenario, request), context),
  lesion: (request, context) => play('lesion', syntheticLesion(scenario, request), context),
  correspondence: (request, context) =>
    play('correspondence', syntheticCorrespondence(scenario, request), context),
  viewPicture: async ({ image }) => syntheticView(image),
  readParts: async () => {
    if (scenario.partsFailure) throw thrown(scenario.partsFailure);
    return { text: parts && formatParts(parts) };
  },
  changeParts: async ({ change }) => {
    if (scenario.partsFailure) throw thrown(scenario.partsFailure);
    parts = changeParts(parts ?? noParts, change);
    return { text: formatParts(parts) };
  },
  importParts: async () => {
    parts = addParts(parts ?? noParts, parseParts(scenario.importedParts, 'annotations.json'));
    return { text: formatParts(parts) };
  },
  openPanel: async () => null,
  revealSource: async () => null,
  saveFile: async (file) => {
    saved.push(file);
    return { path: `/pictures/${file.name}` };
  },
  keep: async ({ key, state }) => {
    kept.set(key, state);
    return null;
  },
  recall: async ({ key }) => kept.get(key) ?? null,
  restartEngine: async () => {
    dead = false;
    scenario = { ...scenario, diesAt: null };
    return null;
  },
  showLog: async () => null,
};

let current = scenario.subject;

/** What `parts.json` holds. */
let parts = scenario.parts === '' ? null : parseParts(scenario.parts, 'parts.json');

const view = connect<PanelHostContract, PanelViewContract>(transport, handlers);

function show(subject: Scenario['subject']): void {
  current = subject;
  void view.call('show', { subject });
}

function die(): void {
  dead = true;
  void view.call('engineDown', gone);
}

window.harness = {
  calls,
  cancelled,
  saved,
  violations,
  show,
  engineDown: die,
  revealLayer: (layer) => void view.call('revealLayer', { layer }),
  change: (changes) => (scenario = { ...scenario, ...changes }),
};
