import type { TopHostContract } from '../../protocol/dataSetContract';
import { noIndex } from '../../core/experiments/topActivations/errors';
import { valueOf } from '../../protocol/failure';
import { malformed } from '../checks';
import { answered } from '../loadView';
import { packArrays } from '../packArrays';
import type { DataSetCalls, DataSetPanelOptions } from './dataSetCalls';
import { checkedMaps, checkedUnit } from './dataSetRequests';

/** What the view of top activations may ask for. */
export function topCalls(options: DataSetPanelOptions): DataSetCalls<TopHostContract> {
  const { subject, engine, indexes, scans, assertMayOpen, actions } = options;
  const top = indexes.subjectOf(subject);
  const scan = scans.of(subject);
  const trusted = () => assertMayOpen(subject.model);
  /** A file that was made elsewhere is neither written nor removed. */
  const own = () => {
    trusted();
    if (subject.index !== undefined) throw malformed('a call about another index');
  };
  return {
    leave: scan.leave,
    stop: scan.stop,
    handlers: {
      openModel: async (_, { signal }) => {
        trusted();
        return packArrays(valueOf(await engine.peer.call('openModel', { model: subject.model }, { signal })));
      },
      topIndex: async (_, { signal }) => {
        trusted();
        const index = valueOf(await engine.peer.call('topIndex', top, { signal }));
        if (index === null && subject.index !== undefined) throw noIndex(subject.index);
        return packArrays(index);
      },
      topMaps: async (params, { signal }) => {
        trusted();
        return packArrays(
          valueOf(await engine.peer.call('topMaps', { ...checkedMaps(params), ...top }, { signal })),
        );
      },
      projectTop: async (params, { signal, progress }) => {
        trusted();
        const request = { ...checkedMaps(params), ...top };
        const onProgress = (value: Parameters<typeof progress>[0]) => void progress(packArrays(value));
        return valueOf(await engine.peer.call('projectTop', request, { signal, onProgress }));
      },
      isScanning: async () => scan.isRunning(),
      scan: async (_, { signal, progress }) => {
        own();
        return valueOf(await scan.follow(null, { signal, onProgress: (value) => void progress(value) }));
      },
      discardIndex: async (_, { signal }) => {
        own();
        scan.stop();
        await indexes.prepare();
        const outcome = await engine.peer.call('discardIndex', top, { signal });
        indexes.changed();
        return valueOf(outcome);
      },
      openUnit: (params) => answered(actions.openUnit(subject.model, checkedUnit(params, subject.pictures))),
    },
  };
}
