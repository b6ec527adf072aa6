import type { LayerRecording, LayerSummary } from '../../src/protocol/model';
import type { PanelState } from './state/panelState';

/** A layer of the model together with what the network did with it. */
export interface Layer {
  readonly summary: LayerSummary;
  readonly recording: LayerRecording;
}

/** A layer of the recorded model by its label. */
export function findLayer({ recording: result }: PanelState, label: string): Layer | undefined {
  const summary = result?.model.layers.find((layer) => layer.label === label);
  const recording = result?.layers.find((layer) => layer.label === label);
  return summary && recording && { summary, recording };
}
