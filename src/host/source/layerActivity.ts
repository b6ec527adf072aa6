import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { projectionSheet } from '../../core/imaging/projectionSheet';
import { argMax } from '../../core/tensor/argMax';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type {
  LayerRecording,
  ModelSummary,
  PictureFile,
  ProjectedUnit,
  ProjectRequest,
} from '../../protocol/model';
import { previewBytes, previewSide } from '../../protocol/previews';
import type { PanelObserver } from '../panel';

/** What a panel has found out about a layer in an image. */
export interface LayerActivity {
  readonly image: string;
  /** How many maps have no positive activation. */
  readonly inactive: number;
  /** `null` until the panel has projected the layer's strongest maps. */
  readonly projections: StrongestMaps | null;
}

export interface StrongestMaps {
  /** Strongest first. */
  readonly maps: readonly number[];
  /** Their projections, row by row. */
  readonly sheet: PictureFile;
}

/** Keeps what panels compute for code that shows it later; computes nothing but the files of pictures. */
export interface LayerActivities extends Pick<PanelObserver, 'recorded' | 'projected'> {
  /** Of the image that the model ran on last; `undefined` where it did not run, or had other weights. */
  readonly get: (model: Pick<ModelSummary, 'path' | 'hash'>, layer: string) => LayerActivity | undefined;
}

interface Run {
  readonly hash: string;
  readonly image: string;
  readonly input: { readonly height: number; readonly width: number };
  readonly layers: ReadonlyMap<string, LayerRecording>;
  readonly projections: Map<string, StrongestMaps>;
}

const mostMaps = 9;
const mostModels = 8;

export function layerActivities(engine: Pick<Peer<EngineContract>, 'call'>): LayerActivities {
  const runs = new Map<string, Run>();

  const keep = async (run: Run, { layer }: ProjectRequest, units: readonly ProjectedUnit[]) => {
    // What waits for the panel goes first.
    await setImmediate();
    const sheet = await encodeSheet(units, run.input, engine);
    if (sheet) run.projections.set(layer, { maps: units.map(({ map }) => map), sheet });
  };

  return {
    get: ({ path, hash }, layer) => {
      const run = runs.get(path);
      const recording = run?.layers.get(layer);
      if (run?.hash !== hash || !recording) return undefined;
      const { inactive } = recording;
      return { image: run.image, inactive, projections: run.projections.get(layer) ?? null };
    },
    recorded: ({ model: path, image }, { model: { hash }, input, layers }) => {
      const byLabel = new Map(layers.map((layer) => [layer.label, layer]));
      const before = runs.get(path);
      const same = before?.hash === hash && before.image === image;
      if (same && isDeepStrictEqual(before.layers, byLabel)) return;
      runs.delete(path);
      runs.set(path, { hash, image, input, layers: byLabel, projections: new Map() });
      const [oldest] = runs.keys();
      if (runs.size > mostModels && oldest !== undefined) runs.delete(oldest);
    },
    projected: (request, units) => {
      const run = runs.get(request.model);
      if (run?.image !== request.image) return;
      const strongest = strongestOf(request, units, run.layers.get(request.layer));
      if (strongest.length > 0) void keep(run, request, strongest);
    },
  };
}

/** The units that stand for their maps, if the strongest of the layer is among them; strongest first. */
function strongestOf(
  { method, units: requested }: ProjectRequest,
  units: readonly ProjectedUnit[],
  recording: LayerRecording | undefined,
): readonly ProjectedUnit[] {
  if (method !== 'deconvnet' || !recording) return [];
  const whole = units.filter(({ index }) => {
    const { position, seed } = requested[index] ?? {};
    return position === undefined && seed === undefined;
  });
  const strongest = argMax(recording.maxima, 0, recording.maxima.length);
  if (!whole.some(({ map }) => map === strongest)) return [];
  return whole
    .filter(({ tile }) => tile !== null)
    .sort((a, b) => b.activation - a.activation || a.map - b.map)
    .slice(0, mostMaps);
}

/** `null` where a file cannot be made, also because the engine is gone. */
async function encodeSheet(
  units: readonly ProjectedUnit[],
  image: Run['input'],
  engine: Pick<Peer<EngineContract>, 'call'>,
): Promise<PictureFile | null> {
  const picture = projectionSheet(units, image);
  const limits = { bytes: previewBytes, side: previewSide };
  const outcome = picture && (await engine.call('encodeSmall', { picture, ...limits }));
  return outcome?.ok ? outcome.value : null;
}
