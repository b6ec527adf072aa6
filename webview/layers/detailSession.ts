import type { Outcome, Peer } from '../../src/protocol/contract';
import type { FeatureMap, MethodName, ProjectedUnit, UnitRequest } from '../../src/protocol/model';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { isActive, maximumOf, otherMap } from './maps';
import { findLayer, type Layer, type Session } from './session';
import { createSlots, type Load, type Slot } from './slots';
import type { DetailView } from './state/panelState';
import type { Store } from './state/store';
import type { TileCache } from './tileCache';

/** Everything the detail shows about one unit. */
export interface DetailData {
  readonly view: DetailView;
  readonly layer: Layer;
  readonly method: MethodName;
  readonly position: readonly [y: number, x: number];
  /** `null` until the feature map arrived, unless the unit is its maximum. */
  readonly activation: number | null;
  readonly featureMap: Slot<FeatureMap> | undefined;
  /** The panel's method first, then those to compare. */
  readonly projections: readonly DetailProjection[];
  readonly other: (DetailProjection & { readonly map: number; readonly seed: number }) | null;
}

export interface DetailProjection {
  readonly method: MethodName;
  readonly slot: Slot<ProjectedUnit> | undefined;
}

export interface DetailSession {
  /** Requests what the opened detail lacks and drops what it no longer shows. */
  readonly update: () => void;
  /** Aborts what is under way. */
  readonly stop: () => void;
  /** Forgets everything: another subject is shown. */
  readonly clear: () => void;
  readonly data: () => DetailData | null;
}

export interface DetailSessionOptions {
  readonly host: Peer<PanelHostContract>;
  readonly store: Store;
  readonly cache: TileCache;
  readonly session: Session;
  readonly onChange: () => void;
}

export function createDetailSession(options: DetailSessionOptions): DetailSession {
  const { host, store, cache, session, onChange } = options;
  // What arrives may make more known, as the seed of "another unit", so each result looks again at what is wanted.
  const arrived = () => {
    update();
    onChange();
  };
  const maps = createSlots<FeatureMap>(arrived, session.engineDown);
  const projections = createSlots<ProjectedUnit>(arrived, session.engineDown);

  const projectOne = async (
    signal: AbortSignal,
    layer: string,
    unit: UnitRequest,
    method: MethodName,
  ): Promise<Outcome<ProjectedUnit>> => {
    let result: ProjectedUnit | undefined;
    const outcome = await host.call(
      'project',
      { ...session.subject(), layer, units: [unit], method },
      { signal, onProgress: (value) => (result = value) },
    );
    if (!outcome.ok) return outcome;
    if (result) return { ok: true, value: result };
    const message = `The engine answered for ${layer} without map ${unit.map}`;
    return { ok: false, failure: { kind: 'bug', code: 'incomplete', message, hint: '' } };
  };

  const loadProjection = (view: DetailView, method: MethodName): Load<ProjectedUnit> => {
    const { layer, map, position } = view;
    return async (signal) => {
      const cached = position === null && cache.has(method, layer, map) && cache.get(method, layer, map);
      if (cached) return { ok: true, value: cached };
      return projectOne(signal, layer, position === null ? { map } : { map, position }, method);
    };
  };

  const update = () => {
    const { detail, phase } = store.get();
    const found = detail && data();
    if (phase === 'down') return stop();
    if (!found) return clear();
    const { view, layer, position, other } = found;
    const label = view.layer;
    maps.want(
      new Map([
        [
          mapKey(view),
          (signal) =>
            host.call('featureMap', { ...session.subject(), layer: label, map: view.map }, { signal }),
        ],
      ]),
    );
    const wanted = new Map<string, Load<ProjectedUnit>>();
    const refused = layer.summary.faithfulness.status === 'refused';
    if (!refused && (view.position !== null || isActive(layer.recording, view.map))) {
      for (const { method } of found.projections) {
        wanted.set(projectionKey(view, method), loadProjection(view, method));
      }
      if (other) {
        const unit = { map: other.map, position, seed: other.seed };
        wanted.set(otherKey(view, other), (signal) => projectOne(signal, label, unit, other.method));
      }
    }
    projections.want(wanted);
  };

  const data = (): DetailData | null => {
    const { detail: view, method } = store.get();
    const layer = view && findLayer(store, view.layer);
    if (!view || !layer) return null;
    const position = view.position ?? maximumOf(layer.recording, layer.summary.shape, view.map);
    const featureMap = maps.get(mapKey(view));
    const activation = activationAt(layer, view, position, featureMap);
    const methods = [method, ...view.compare.filter((other) => other !== method)];
    const other =
      view.draw > 0 ? otherMap(view.layer, view.map, layer.recording.maxima.length, view.draw) : null;
    return {
      view,
      layer,
      method,
      position,
      activation,
      featureMap,
      projections: methods.map((name) => ({
        method: name,
        slot: projections.get(projectionKey(view, name)),
      })),
      other:
        other === null || activation === null || !(activation > 0)
          ? null
          : withSlot(view, { map: other, seed: activation, method }),
    };
  };

  const withSlot = (view: DetailView, other: { map: number; seed: number; method: MethodName }) => ({
    ...other,
    slot: projections.get(otherKey(view, other)),
  });

  const stop = () => {
    maps.stop();
    projections.stop();
  };

  const clear = () => {
    maps.want(new Map());
    projections.want(new Map());
  };

  return { update, stop, clear, data };
}

function activationAt(
  { recording, summary }: Layer,
  view: DetailView,
  [y, x]: readonly [number, number],
  featureMap: Slot<FeatureMap> | undefined,
): number | null {
  if (view.position === null) return recording.maxima[view.map] ?? null;
  if (featureMap?.status !== 'ok') return null;
  return featureMap.value.values[y * (summary.shape[2] ?? 1) + x] ?? null;
}

function mapKey({ layer, map }: DetailView): string {
  return `${map}/${layer}`;
}

function projectionKey(view: DetailView, method: MethodName): string {
  return `${method}/${view.position?.join(',') ?? 'max'}/${mapKey(view)}`;
}

function otherKey(view: DetailView, other: { map: number; seed: number; method: MethodName }): string {
  return `${other.map}/${other.seed}/${projectionKey(view, other.method)}`;
}
