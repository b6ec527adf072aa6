import path from 'node:path';
import * as vscode from 'vscode';
import type { Outcome } from '../../protocol/contract';
import type { DataSetSubject } from '../../protocol/dataSetContract';
import type { ScanProgress, ScanResult } from '../../protocol/topActivations';
import type { Engine } from '../engine';
import { backgroundRun, type BackgroundRun } from './backgroundRun';
import { inStatusBar } from './inStatusBar';
import type { ScanQueue } from './scanQueue';
import type { TopIndexes } from './topIndexes';

/** Activations of every map that are looked for, one of an image, as figure 2 of the paper shows them. */
const places = { k: 9, each: 1 } as const;

/** A scan of one folder with one model. */
export interface TopScan extends BackgroundRun<null, ScanProgress, ScanResult> {
  /** Its panel was closed: stops it, unless the workers of a queue do the work. */
  readonly leave: () => void;
}

/** The scans of this window. A panel that comes back finds its scan. */
export interface TopScans {
  readonly of: (subject: DataSetSubject) => TopScan;
  /** Ends all of them. */
  readonly stop: () => void;
}

interface Parts {
  readonly engine: Engine;
  readonly indexes: TopIndexes;
  readonly queue: Pick<ScanQueue, 'place'>;
}

export function createTopScans(parts: Parts): TopScans {
  const scans = new Map<string, TopScan>();
  return {
    of: (subject) => {
      const { index } = parts.indexes.subjectOf(subject);
      const scan = scans.get(index) ?? createScan(subject, parts);
      scans.set(index, scan);
      return scan;
    },
    stop: () => scans.forEach((scan) => scan.stop()),
  };
}

function createScan(subject: DataSetSubject, { engine, indexes, queue }: Parts): TopScan {
  const title = vscode.l10n.t('Top activations of {0}', path.basename(subject.model));
  let byWorkers = false;
  let isLeft = false;
  const scan = backgroundRun<null, ScanProgress, ScanResult>({
    call: async (_, options) => {
      await indexes.prepare();
      const place = await queue.place();
      byWorkers = place !== undefined;
      const request = { ...indexes.subjectOf(subject), ...places, ...(place && { queue: place }) };
      const outcome = await inStatusBar({ title, describe }, options, (shown) =>
        engine.peer.call('scanFolder', request, shown),
      );
      indexes.changed();
      if (isLeft) tellEnd(subject, outcome);
      return outcome;
    },
    remembers: 'last',
  });
  return {
    ...scan,
    follow: (params, options) => {
      isLeft = false;
      return scan.follow(params, options);
    },
    leave: () => {
      if (byWorkers) isLeft = true;
      else scan.stop();
    },
  };
}

/** What became of a scan that went on while its panel was closed. */
function tellEnd({ model, pictures }: DataSetSubject, outcome: Outcome<ScanResult>): void {
  const [network, folder] = [path.basename(model), path.basename(pictures)];
  if (outcome.ok) {
    const { images } = outcome.value;
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The workers have found the top activations of {0} in {1}, pictures: {2}.',
        network,
        folder,
        images,
      ),
    );
  } else if (outcome.failure.kind !== 'cancelled') {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Top activations of {0} in {1}: {2}', network, folder, outcome.failure.message),
    );
  }
}

function describe({ step, images, pending, done, workers }: ScanProgress): string {
  if (step === 'waiting') return vscode.l10n.t('waiting for another scan of these pictures');
  if (step === 'looking') return vscode.l10n.t('looking for pictures: {0}', images);
  return workers === undefined
    ? vscode.l10n.t('pictures: {0} of {1}', done, pending)
    : vscode.l10n.t('pictures: {0} of {1}, workers: {2}', done, pending, workers);
}
