import type { LayerRecording, LayerSummary, RecordingSummary } from '../../src/protocol/model';
import { rankMaps } from './maps';
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

/**
 * Names of the layer's units where they are classes: the last layer, when its strongest unit is the most probable
 * class. Only the most probable classes come with their names.
 */
export function classNames(
  { layers, top }: RecordingSummary,
  { recording, summary }: Layer,
): ReadonlyMap<number, string> {
  const isLast = layers.at(-1)?.label === summary.label && summary.shape.length === 1;
  if (!isLast || rankMaps(recording)[0] !== top[0]?.index) return new Map();
  return new Map(top.map(({ index, label }) => [index, label]));
}
