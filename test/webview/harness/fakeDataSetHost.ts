import { UserError } from '../../../src/core/errors';
import type { CallContext, Failure, Handlers } from '../../../src/protocol/contract';
import type {
  DataSetViewContract,
  EvolutionHostContract,
  FeaturesHostContract,
  TopHostContract,
} from '../../../src/protocol/dataSetContract';
import type { ScanResult } from '../../../src/protocol/topActivations';
import { connect } from '../../../src/protocol/pump';
import { calls, transport, violations } from './fakeEditor';
import { syntheticCells, syntheticConvergence, syntheticPlan } from './syntheticEvolution';
import { syntheticRatePlan, syntheticRatings } from './syntheticFeatures';
import {
  syntheticIndex,
  syntheticMaps,
  syntheticPlaces,
  syntheticProblems,
  syntheticSummary,
} from './syntheticDataSet';

/** Plays the host of panels about data sets. Runs before the panel's script. */

let { scenario } = window;
let { isIndexed } = scenario.dataSet;
let done = 0;
let isDead = false;
let kept: unknown = null;
const cancelled: string[] = [];
const saved: { name: string; content: Uint8Array }[] = [];

const gone: Failure = { kind: 'gone', code: 'gone', message: 'It ended unexpectedly (SIGKILL).', hint: '' };

async function step(method: string, { signal }: Pick<CallContext<never>, 'signal'>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, scenario.dataSet.stepDelay));
  if (isDead) await new Promise(() => undefined);
  if (signal.aborted) cancelled.push(method);
  signal.throwIfAborted();
}

function failing(): void {
  const { failure } = scenario.dataSet;
  if (failure) throw new UserError(failure.code, failure.message, failure.hint);
}

const common = {
  ready: async () => {
    const { model, index } = scenario.dataSet;
    return { model, pictures: '/data/photos', ...(index !== null && { index }) };
  },
  saveFile: async (file: { name: string; content: Uint8Array }) => {
    saved.push(file);
    return { path: `/pictures/${file.name}` };
  },
  keep: async ({ state }: { state: unknown }) => {
    kept = state;
    return null;
  },
  recall: async () => kept,
  pause: async () => null,
  restartEngine: async () => {
    isDead = false;
    return null;
  },
  showLog: async () => null,
};

const top: Handlers<TopHostContract> = {
  ...common,
  openModel: async () => syntheticSummary(scenario),
  topIndex: async () => {
    if (isIndexed) failing();
    return isIndexed ? syntheticIndex(scenario) : null;
  },
  topMaps: async (request) => syntheticMaps(scenario, request),
  projectTop: async (request, context) => {
    for (const place of syntheticPlaces(scenario, request)) {
      await step('projectTop', context);
      await context.progress(place);
    }
    return { milliseconds: 1 };
  },
  isScanning: async () => false,
  scan: async (_, context): Promise<ScanResult> => {
    failing();
    const { pictures: pending, unread } = scenario.dataSet;
    const folders = unread.filter((name) => name.endsWith('/'));
    const added = isIndexed ? 0 : pending;
    if (scenario.dataSet.waits) {
      await context.progress({ step: 'waiting', images: 0, pending: 0, done: 0 });
      await step('scan', context);
    }
    await context.progress({ step: 'looking', images: 17, pending: 0, done: 0 });
    await step('scan', context);
    await context.progress({ step: 'comparing', images: pending, pending, done: 0 });
    for (; done <= pending; done++) {
      if (done > 0) isIndexed = true;
      await context.progress({ step: 'running', images: pending, pending, done });
      await step('scan', context);
    }
    done = 0;
    return {
      images: pending,
      scanned: added,
      added,
      changed: 0,
      gone: 0,
      unread: unread.length - folders.length,
      folders: folders.length,
      problems: [],
      layers: [],
    };
  },
  discardIndex: async () => {
    isIndexed = false;
    scenario = { ...scenario, dataSet: { ...scenario.dataSet, failure: null } };
    return null;
  },
  openUnit: async () => null,
};

const evolution: Handlers<EvolutionHostContract> = {
  ...common,
  isComparing: async () => false,
  compare: async (request, context) => {
    failing();
    const plan = syntheticPlan(scenario, request);
    const problems = syntheticProblems(scenario);
    await context.progress({ kind: 'plan', plan, problems: problems.slice(0, 1) });
    const last = plan.checkpoints.length - 1;
    for (const checkpoint of [last, ...Array.from({ length: last }, (_, index) => index)]) {
      await step('compare', context);
      const cells = syntheticCells(scenario, plan, checkpoint);
      await context.progress({
        kind: 'cells',
        cells,
        problems: checkpoint === last ? problems.slice(1) : [],
      });
    }
    return syntheticConvergence(plan);
  },
  openUnit: async () => null,
};

const features: Handlers<FeaturesHostContract> = {
  ...common,
  openModel: async () => syntheticSummary(scenario),
  isRating: async () => false,
  rate: async (request, context) => {
    failing();
    const { pictures: of } = scenario.dataSet;
    await context.progress({ kind: 'looking', images: 17 });
    await step('rate', context);
    await context.progress({ kind: 'compared', done: 4, of });
    await step('rate', context);
    for (let extracted = 0; extracted <= of; extracted += 10) {
      await context.progress({ kind: 'extracted', done: extracted, of });
      await step('rate', context);
    }
    const plan = syntheticRatePlan(scenario, request);
    await context.progress({ kind: 'plan', plan });
    for (const rating of syntheticRatings(plan, request)) await context.progress({ kind: 'rating', rating });
    return null;
  },
};

// Which of the contracts it is, the panel that was loaded knows.
const view = connect<TopHostContract, DataSetViewContract>(transport, { ...evolution, ...features, ...top });

window.harness = {
  calls,
  cancelled,
  saved,
  violations,
  show: () => undefined,
  engineDown: () => {
    isDead = true;
    void view.call('engineDown', gone);
  },
  revealLayer: (layer) => void view.call('revealLayer', { layer }),
  change: (changes) => (scenario = { ...scenario, ...changes }),
};
