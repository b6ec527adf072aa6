import type { LayerRecording, LayerSummary, RecordingSummary } from '../../src/protocol/model';
import type { PanelState } from './state/panelState';

/** A layer of the model together with what the network did with it. */
export interface Layer {
  readonly summary: LayerSummary;
  readonly recording: LayerRecording;
}

const indexes = new WeakMap<RecordingSummary, ReadonlyMap<string, Layer>>();

/** The recorded layers by label, in network order. */
export function layersOf(recording: RecordingSummary): ReadonlyMap<string, Layer> {
  let index = indexes.get(recording);
  if (!index) {
    const summaries = new Map(recording.model.layers.map((summary) => [summary.label, summary]));
    index = new Map(
      recording.layers.flatMap((layer) => {
        const summary = summaries.get(layer.label);
        return summary ? [[layer.label, { summary, recording: layer }] as const] : [];
      }),
    );
    indexes.set(recording, index);
  }
  return index;
}

/** A layer of the recorded model by its label. */
export function findLayer({ recording }: PanelState, label: string): Layer | undefined {
  return recording ? layersOf(recording).get(label) : undefined;
}
