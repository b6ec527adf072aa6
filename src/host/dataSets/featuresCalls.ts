import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FeaturesHostContract } from '../../protocol/dataSetContract';
import { valueOf } from '../../protocol/failure';
import type { RateProgress } from '../../protocol/features';
import { packArrays } from '../packArrays';
import { backgroundRun } from './backgroundRun';
import type { DataSetCalls, DataSetPanelOptions } from './dataSetCalls';
import { checkedRating } from './dataSetRequests';
import { inStatusBar } from './inStatusBar';

type Wanted = FeaturesHostContract['rate']['params'];

/** What the view of features may ask for. */
export function featuresCalls(options: DataSetPanelOptions): DataSetCalls<FeaturesHostContract> {
  const { subject, engine, featureStores, assertMayOpen } = options;
  const { model, pictures: folder } = subject;
  const title = vscode.l10n.t('Features of {0}', path.basename(model));
  const open = async () => valueOf(await engine.peer.call('openModel', { model }));
  const rating = backgroundRun<Wanted, RateProgress, null>({
    call: async (wanted, options) => {
      const { hash, preprocessing } = await open();
      // Features are those of a model and a preprocessing, whatever the folder.
      const name = createHash('sha256')
        .update(JSON.stringify([hash, preprocessing]))
        .digest('hex');
      const store = path.join(featureStores, `${name}.sqlite`);
      return inStatusBar({ title, describe }, options, (shown) =>
        engine.peer.call('rateFeatures', { ...wanted, model, folder, store }, shown),
      );
    },
    remembers: 'all',
  });
  return {
    leave: rating.stop,
    stop: rating.stop,
    handlers: {
      openModel: async () => {
        assertMayOpen(model);
        return packArrays(await open());
      },
      isRating: async () => rating.isRunning(),
      rate: async (params, { signal, progress }) => {
        assertMayOpen(model);
        const wanted = checkedRating(params);
        return valueOf(await rating.follow(wanted, { signal, onProgress: (value) => void progress(value) }));
      },
    },
  };
}

function describe(progress: RateProgress): string {
  switch (progress.kind) {
    case 'looking':
      return vscode.l10n.t('looking for pictures: {0}', progress.images);
    case 'compared':
    case 'extracted':
      return vscode.l10n.t('pictures: {0} of {1}', progress.done, progress.of);
    case 'plan':
      return vscode.l10n.t('{0} classes', progress.plan.classes.length);
    case 'rating':
      return progress.rating.layer;
  }
}
