import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { LayerPreview } from '../../protocol/model';
import { previewBytes } from '../../protocol/previews';
import { preparedLayers, type PreparedLayers } from './preparedLayers';

/** Pictures and figures of layers' filters. */
export type LayerPreviews = PreparedLayers<LayerPreview>;

export function layerPreviews(
  engine: Peer<EngineContract>,
  assertMayOpen: (model: string) => void,
): LayerPreviews {
  return preparedLayers(async ({ path }, layer) => {
    assertMayOpen(path);
    const outcome = await engine.call('previewLayer', { model: path, layer, bytes: previewBytes });
    return outcome.ok ? outcome.value : undefined;
  });
}
