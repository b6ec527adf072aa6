import type { Fill, KnownWindows, MapChoice, OcclusionRequest } from '../protocol/occlusion';
import type { PanelSubject } from '../protocol/panelContract';
import { checkedIndex, checkedText, malformed, recordOf } from './checks';
import { checkedSubject } from './panelRequests';

const mostMaps = 64;
const namedFills = ['image-mean', 'dataset-mean', 'blur'] as const;

/** The request of an occlusion panel; sizes that cannot be meant are the engine's to refuse, with a sentence. */
export function checkedOcclusion(params: unknown, shown: PanelSubject): OcclusionRequest {
  const { size, stride, fill, maps, label, known } = recordOf(params);
  return {
    ...checkedSubject(params, shown),
    size: checkedPair(size, 'a size'),
    stride: checkedPair(stride, 'a stride'),
    fill: checkedFill(fill),
    ...(maps === undefined ? {} : { maps: checkedMaps(maps) }),
    ...(label === undefined ? {} : { label: checkedIndex(label, 'a class') }),
    ...(known === undefined ? {} : { known: checkedKnown(known) }),
  };
}

function checkedPair(value: unknown, what: string): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) throw malformed(what);
  const [y, x] = value as unknown[];
  if (typeof y !== 'number' || typeof x !== 'number') throw malformed(what);
  return [y, x];
}

function checkedFill(value: unknown): Fill {
  const named = namedFills.find((name) => name === value);
  if (named !== undefined) return named;
  if (!Array.isArray(value) || value.length !== 3) throw malformed('a fill');
  const [red, green, blue] = (value as unknown[]).map((part) => checkedIndex(part, 'a colour'));
  return [red!, green!, blue!];
}

function checkedMaps(value: unknown): readonly MapChoice[] {
  if (!Array.isArray(value) || value.length > mostMaps) throw malformed('feature maps');
  return value.map((choice: unknown) => {
    const { layer, map } = recordOf(choice);
    return { layer: checkedText(layer, 'a layer'), map: checkedIndex(map, 'a feature map') };
  });
}

function checkedKnown(value: unknown): KnownWindows {
  const { key, windows } = recordOf(value);
  if (typeof key !== 'string' || !(windows instanceof Int32Array)) throw malformed('known windows');
  return { key, windows };
}
