import type { TransformationKind } from '../core/imaging/transform';
import type { InvarianceRequest } from '../protocol/invariance';
import type { LesionChoice, LesionMode, LesionRequest } from '../protocol/lesion';
import type { PanelSubject } from '../protocol/panelContract';
import type { KnownSteps } from '../protocol/resume';
import { checkedIndex, checkedList, checkedNumber, checkedText, malformed, recordOf } from './checks';
import { checkedSubject } from './panelRequests';

const kinds: readonly TransformationKind[] = ['vertical', 'horizontal', 'scale', 'rotation'];
const modes: readonly LesionMode[] = ['zero', 'mean'];
const mostValues = 10_000;
const mostLayers = 1000;
const mostMaps = 65_536;

/** The request of a panel about feature invariance; values that cannot be meant are the engine's to refuse. */
export function checkedInvariance(params: unknown, shown: PanelSubject): InvarianceRequest {
  const { kind, values, fill, layers, label, known } = recordOf(params);
  const [red, green, blue] = checkedList(fill, 3, 'a colour').map((part) => checkedIndex(part, 'a colour'));
  const found = kinds.find((name) => name === kind);
  if (!found) throw malformed('a transformation');
  return {
    ...checkedSubject(params, shown),
    kind: found,
    values: checkedList(values, mostValues, 'values').map((value) => checkedNumber(value, 'a value')),
    fill: [red ?? 0, green ?? 0, blue ?? 0],
    ...(layers === undefined ? {} : { layers: checkedLayers(layers) }),
    ...(label === undefined ? {} : { label: checkedIndex(label, 'a class') }),
    ...(known === undefined ? {} : { known: checkedKnown(known) }),
  };
}

export function checkedLesion(params: unknown, shown: PanelSubject): LesionRequest {
  const { mode, label, lesions, known } = recordOf(params);
  const found = modes.find((name) => name === mode);
  if (!found) throw malformed('a mode');
  return {
    ...checkedSubject(params, shown),
    mode: found,
    lesions: checkedLesions(lesions),
    ...(label === undefined ? {} : { label: checkedIndex(label, 'a class') }),
    ...(known === undefined ? {} : { known: checkedKnown(known) }),
  };
}

/** How far an earlier run came. */
export function checkedKnown(value: unknown): KnownSteps {
  const { key, count } = recordOf(value);
  // Longer than other texts: it names every picture and setting.
  if (typeof key !== 'string') throw malformed('a key');
  return { key, count: checkedIndex(count, 'a number of steps') };
}

export function checkedLayers(value: unknown): readonly string[] {
  return checkedList(value, mostLayers, 'layers').map((layer) => checkedText(layer, 'a layer'));
}

function checkedLesions(value: unknown): LesionRequest['lesions'] {
  if (value === 'layers') return value;
  if (!Array.isArray(value)) return { mapsOf: checkedText(recordOf(value).mapsOf, 'a layer') };
  return checkedList(value, mostMaps, 'lesions').map((lesion) =>
    checkedList(lesion, mostLayers, 'a lesion').map(checkedChoice),
  );
}

function checkedChoice(value: unknown): LesionChoice {
  const { layer, maps } = recordOf(value);
  return {
    layer: checkedText(layer, 'a layer'),
    maps:
      maps === 'all' ? maps : checkedList(maps, mostMaps, 'maps').map((map) => checkedIndex(map, 'a map')),
  };
}
