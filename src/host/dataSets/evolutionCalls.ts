import path from 'node:path';
import * as vscode from 'vscode';
import type { EvolutionHostContract } from '../../protocol/dataSetContract';
import type { Convergence, EvolutionProgress } from '../../protocol/evolution';
import { valueOf } from '../../protocol/failure';
import { answered } from '../loadView';
import { backgroundRun } from './backgroundRun';
import type { DataSetCalls, DataSetPanelOptions } from './dataSetCalls';
import { checkedCheckpoint, checkedComparison, checkedUnit } from './dataSetRequests';
import { inStatusBar } from './inStatusBar';

type Comparison = EvolutionHostContract['compare']['params'];

/** What the view of checkpoints may ask for. */
export function evolutionCalls(options: DataSetPanelOptions): DataSetCalls<EvolutionHostContract> {
  const { subject, engine, assertMayOpen, actions } = options;
  const { model: models, pictures: images } = subject;
  const title = vscode.l10n.t('Checkpoints in {0}', path.basename(models));
  const comparing = backgroundRun<Comparison, EvolutionProgress, readonly Convergence[]>({
    call: (comparison, options) =>
      inStatusBar({ title, describe }, options, (shown) =>
        engine.peer.call('compareCheckpoints', { ...comparison, models, images }, shown),
      ),
    remembers: 'all',
  });
  return {
    leave: comparing.stop,
    stop: comparing.stop,
    handlers: {
      isComparing: async () => comparing.isRunning(),
      compare: async (params, { signal, progress }) => {
        assertMayOpen(models);
        const comparison = checkedComparison(params);
        return valueOf(
          await comparing.follow(comparison, { signal, onProgress: (value) => void progress(value) }),
        );
      },
      openUnit: async (params) => {
        const model = checkedCheckpoint(params, models);
        assertMayOpen(model);
        return answered(actions.openUnit(model, checkedUnit(params, images)));
      },
    },
  };
}

function describe(progress: EvolutionProgress): string {
  return progress.kind === 'plan'
    ? vscode.l10n.t('{0} models', progress.plan.checkpoints.length)
    : vscode.l10n.t('a model is done');
}
