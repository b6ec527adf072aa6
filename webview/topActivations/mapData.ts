import type { Failure, Peer } from '../../src/protocol/contract';
import type { TopHostContract } from '../../src/protocol/dataSetContract';
import type { ProjectedPlace, TopMap } from '../../src/protocol/topActivations';

/** A place of a map as it arrived: pictures, or why there are none. */
export type PlacePictures =
  | { readonly kind: 'ok'; readonly projected: ProjectedPlace }
  | { readonly kind: 'failed'; readonly problem: string };

export interface MapData {
  readonly found: TopMap;
  /** By place; empty until they arrive. */
  readonly pictures: readonly (PlacePictures | undefined)[];
}

/** What is shown of a layer's maps: loaded as far as it is wanted, dropped where it takes too much room. */
export interface MapLoader {
  readonly get: (map: number) => MapData | undefined;
  /** Maps to load, those first that are looked at now. */
  readonly want: (layer: string, maps: readonly number[]) => void;
  readonly stop: () => void;
  /** Forgets everything: the index is another one. */
  readonly clear: () => void;
}

export interface MapLoaderOptions {
  readonly host: Peer<TopHostContract>;
  readonly onChange: () => void;
  readonly onFailure: (failure: Failure) => void;
}

/** Maps in one request: few enough that maps which scrolled away do not hold up others for long. */
const CHUNK = 4;

/** What pictures may take in all. */
export const KEPT_BYTES = 192 * 2 ** 20;

export function createMapLoader({ host, onChange, onFailure }: MapLoaderOptions): MapLoader {
  const kept = new Map<number, MapData>();
  let layer = '';
  let wanted: readonly number[] = [];
  let loading: { readonly controller: AbortController; readonly maps: readonly number[] } | null = null;

  const stop = () => {
    loading?.controller.abort();
    // Half of it may have arrived: it is asked for again.
    for (const map of loading?.maps ?? []) kept.delete(map);
    loading = null;
  };

  const put = (data: MapData) => {
    kept.set(data.found.map, data);
    onChange();
  };

  const project = (maps: readonly number[], signal: AbortSignal) =>
    host.call(
      'projectTop',
      { layer, maps },
      {
        signal,
        onProgress: (progress) => {
          const { map, place } = progress.kind === 'failed' ? progress : progress.projected;
          const data = kept.get(map);
          if (signal.aborted || !data) return;
          const arrived: PlacePictures =
            progress.kind === 'failed'
              ? { kind: 'failed', problem: progress.problem }
              : { kind: 'ok', projected: progress.projected };
          put({ ...data, pictures: Object.assign([...data.pictures], { [place]: arrived }) });
        },
      },
    );

  const load = async (maps: readonly number[]) => {
    const controller = new AbortController();
    const { signal } = controller;
    loading = { controller, maps };
    const found = await host.call('topMaps', { layer, maps }, { signal });
    if (signal.aborted) return;
    if (found.ok) for (const map of found.value) put({ found: map, pictures: [] });
    const outcome = found.ok ? await project(maps, signal) : found;
    if (signal.aborted) return;
    loading = null;
    if (!outcome.ok) return onFailure(outcome.failure);
    dropOthers(kept, wanted);
    next();
  };

  const next = () => {
    if (loading) return;
    const missing = wanted.filter((map) => !kept.has(map)).slice(0, CHUNK);
    if (missing.length > 0) void load(missing);
  };

  return {
    get: (map) => kept.get(map),
    want: (of, maps) => {
      if (of !== layer) {
        stop();
        kept.clear();
      }
      layer = of;
      wanted = maps;
      next();
    },
    stop: () => {
      wanted = [];
      stop();
    },
    clear: () => {
      stop();
      wanted = [];
      kept.clear();
    },
  };
}

/** The maps that came first go first, but none that is wanted. */
function dropOthers(kept: Map<number, MapData>, wanted: readonly number[]): void {
  let bytes = [...kept.values()].reduce((sum, data) => sum + bytesOf(data), 0);
  for (const [map, data] of kept) {
    if (bytes <= KEPT_BYTES) return;
    if (wanted.includes(map)) continue;
    kept.delete(map);
    bytes -= bytesOf(data);
  }
}

function bytesOf({ pictures }: MapData): number {
  return pictures.reduce((sum, picture) => {
    if (picture?.kind !== 'ok') return sum;
    const { patch, unit } = picture.projected;
    return sum + patch.rgba.byteLength + (unit.tile?.values.byteLength ?? 0);
  }, 0);
}
