import path from 'node:path';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import { previewBytes, previewSide } from '../../protocol/previews';
import type { TopPreview } from '../../protocol/topActivations';
import type { TopIndexes } from '../dataSets/topIndexes';
import { preparedLayers, type PreparedLayers } from './preparedLayers';

/** Where the strongest maps of layers are most active, in the pictures that their model was scanned on last. */
export type TopPreviews = PreparedLayers<FolderPreview>;

export interface FolderPreview extends TopPreview {
  /** Name of the folder of pictures. */
  readonly folder: string;
}

export function topPreviews(
  engine: Peer<EngineContract>,
  indexes: TopIndexes,
  assertMayOpen: (model: string) => void,
): TopPreviews {
  const prepared = preparedLayers<FolderPreview>(async ({ path: model }, layer) => {
    const scanned = indexes.latest(model);
    if (!scanned) return undefined;
    assertMayOpen(model);
    const limits = { bytes: previewBytes, side: previewSide };
    const outcome = await engine.call('previewTop', { ...indexes.subjectOf(scanned), layer, ...limits });
    if (!outcome.ok || !outcome.value) return undefined;
    return { ...outcome.value, folder: path.basename(scanned.pictures) };
  });
  const subscription = indexes.onDidChange(prepared.forget);
  return {
    ...prepared,
    dispose: () => {
      subscription.dispose();
      prepared.dispose();
    },
  };
}
