import type { Outcome, Peer } from '../../src/protocol/contract';
import type { FeatureMap, MethodName, ProjectedUnit, UnitRequest } from '../../src/protocol/model';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { findLayer, type Layer } from './layer';
import { isActive, maximumOf, otherMap, rankMaps } from './maps';
import type { Session } from './session';
import { createSlots, type Load, type Slot, type Slots } from './slots';
import type { DetailView, PanelState } from './state/panelState';
import type { Store } from './state/store';
import type { TileCache } from './tileCache';

/** Everything the detail shows about one unit. */
export interface DetailData {
  readonly view: DetailView;
  readonly layer: Layer;
  readonly method: MethodName;
  readonly position: readonly [y: number, x: number];
  /** Whether that is the maximum of the map. */
  readonly atMaximum: boolean;
  /** `null` until the feature map arrived, unless the unit is its maximum. */
  readonly activation: number | null;
  readonly featureMap: Slot<FeatureMap> | undefined;
  /** The panel's method first, then those to compare. */
  readonly projections: readonly DetailProjection[];
  /** Some unit of the layer, to tell where its cells lie. */
  readonly reference: ProjectedUnit | null;
  /** "Same switches, another unit". */
  readonly other: OtherUnit | null;
}

export interface DetailProjection {
  readonly method: MethodName;
  readonly slot: Slot<ProjectedUnit> | undefined;
}

export interface OtherUnit extends DetailProjection {
  readonly map: number;
  readonly seed: number;
}

export interface DetailSession {
  /** Requests what the opened detail lacks and drops what it no longer shows. */
  readonly update: () => void;
  /** Somebody waits for a single picture: rows can wait. */
  readonly isLoading: () => boolean;
  /** Aborts what is under way. */
  readonly stop: () => void;
  readonly data: () => DetailData | null;
}

export interface DetailSessionOptions {
  readonly host: Peer<PanelHostContract>;
  readonly store: Store;
  readonly cache: TileCache;
  readonly session: Session;
  readonly onChange: () => void;
}

interface DetailSlots {
  readonly maps: Slots<FeatureMap>;
  readonly projections: Slots<ProjectedUnit>;
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
  const data = () => readDetail(store.get(), { maps, projections }, cache);

  const stop = () => {
    maps.stop();
    projections.stop();
  };

  const update = () => {
    if (store.get().phase === 'down') return stop();
    const detail = data();
    if (!detail) {
      maps.want(new Map());
      projections.want(new Map());
      return;
    }
    const { layer, map } = detail.view;
    maps.want(
      new Map([
        [
          mapKey(detail.view),
          (signal) => host.call('featureMap', { ...session.subject(), layer, map }, { signal }),
        ],
      ]),
    );
    projections.want(projectionLoads(detail, options));
  };

  const isLoading = () => maps.isLoading() || projections.isLoading();
  return { update, isLoading, stop, data };
}

/** The detail as far as it is known. */
function readDetail(
  state: PanelState,
  { maps, projections }: DetailSlots,
  cache: TileCache,
): DetailData | null {
  const { detail: view, method } = state;
  const layer = view && findLayer(state, view.layer);
  if (!view || !layer) return null;
  const maximum = maximumOf(layer.recording, layer.summary.shape, view.map);
  const position = view.position ?? maximum;
  const featureMap = maps.get(mapKey(view));
  const activation = activationAt(layer, view, position, featureMap);
  const methods = [method, ...view.compare.filter((compared) => compared !== method)];
  const map = view.draw > 0 ? otherMap(view.layer, view.map, layer.recording.maxima.length, view.draw) : null;
  const other = map === null || !((activation ?? 0) > 0) ? null : { map, seed: activation ?? 0, method };
  return {
    view,
    layer,
    method,
    position,
    atMaximum: position.join() === maximum.join(),
    activation,
    featureMap,
    projections: methods.map((name) => ({ method: name, slot: projections.get(projectionKey(view, name)) })),
    reference: referenceUnit(layer, method, projections.get(projectionKey(view, method)), cache),
    other: other && { ...other, slot: projections.get(otherKey(view, other)) },
  };
}

/** How many of the strongest maps are looked through: the usual row. */
const REFERENCES = 9;

function referenceUnit(
  { recording, summary }: Layer,
  method: MethodName,
  own: Slot<ProjectedUnit> | undefined,
  cache: TileCache,
): ProjectedUnit | null {
  if (own?.status === 'ok') return own.value;
  for (const map of rankMaps(recording).slice(0, REFERENCES)) {
    const unit = cache.get(method, summary.label, map);
    if (unit) return unit;
  }
  return null;
}

/** How to get each projection the detail shows. */
function projectionLoads(
  detail: DetailData,
  options: DetailSessionOptions,
): Map<string, Load<ProjectedUnit>> {
  const { view, layer, position, other } = detail;
  const loads = new Map<string, Load<ProjectedUnit>>();
  const inactive = view.position === null && !isActive(layer.recording, view.map);
  if (inactive) return loads;
  const own = view.position === null ? { map: view.map } : { map: view.map, position: view.position };
  for (const { method } of detail.projections) {
    loads.set(projectionKey(view, method), async (signal) => {
      const cached = view.position === null ? cachedUnit(options.cache, view, method) : undefined;
      return cached ? { ok: true, value: cached } : projectOne(options, view.layer, own, method, signal);
    });
  }
  if (other) {
    const unit = { map: other.map, position, seed: other.seed };
    loads.set(otherKey(view, other), (signal) => projectOne(options, view.layer, unit, other.method, signal));
  }
  return loads;
}

function cachedUnit(
  cache: TileCache,
  { layer, map }: DetailView,
  method: MethodName,
): ProjectedUnit | undefined {
  return cache.has(method, layer, map) ? cache.get(method, layer, map) : undefined;
}

async function projectOne(
  { host, session }: DetailSessionOptions,
  layer: string,
  unit: UnitRequest,
  method: MethodName,
  signal: AbortSignal,
): Promise<Outcome<ProjectedUnit>> {
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
  return `${method}/${view.position?.join(',') ?? 'maximum'}/${mapKey(view)}`;
}

function otherKey(view: DetailView, other: Pick<OtherUnit, 'map' | 'seed' | 'method'>): string {
  return `${other.map}/${other.seed}/${projectionKey(view, other.method)}`;
}
