import path from 'node:path';
import { cancellation, CallFailure } from '../protocol/failure';
import type { MethodName, ProjectRequest, Subject, UnitRequest } from '../protocol/model';
import type { PanelName, PanelSubject } from '../protocol/panelContract';
import { checkedIndex, checkedText, malformed, mostCharacters, recordOf } from './checks';
import { panelNames } from './names';

/**
 * What a view sends is untrusted: every request is rebuilt from the fields it may have, and names only the model
 * and the images its panel was opened for.
 */

const mostUnits = 4096;
const mostImages = 1000;
const mostFileBytes = 64 * 1024 * 1024;
const methods: readonly MethodName[] = ['deconvnet', 'guided', 'gradient'];
const formats = ['png', 'csv', 'json', 'html'] as const;
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The subject of a request. One that the panel no longer shows is answered as cancelled: it crossed a `show`. */
export function checkedSubject(params: unknown, shown: PanelSubject): Subject {
  const { model, image } = recordOf(params);
  if (typeof model !== 'string' || typeof image !== 'string') throw malformed('a subject');
  if (model !== shown.model || !shown.images.includes(image)) throw new CallFailure(cancellation);
  return { model, image };
}

export function checkedProject(params: unknown, shown: PanelSubject): ProjectRequest {
  const { layer, units, method } = recordOf(params);
  const known = methods.find((name) => name === method);
  if (known === undefined) throw malformed('a method');
  if (!Array.isArray(units) || units.length > mostUnits) throw malformed('units');
  return {
    ...checkedSubject(params, shown),
    layer: checkedText(layer, 'a layer'),
    units: units.map(checkedUnit),
    method: known,
  };
}

export function checkedFeatureMap(
  params: unknown,
  shown: PanelSubject,
): Subject & { readonly layer: string; readonly map: number } {
  const { layer, map } = recordOf(params);
  return {
    ...checkedSubject(params, shown),
    layer: checkedText(layer, 'a layer'),
    map: checkedIndex(map, 'a feature map'),
  };
}

/** The image of a `selectImage` call. */
export function checkedImage(params: unknown, shown: PanelSubject): string {
  const { image } = recordOf(params);
  if (typeof image !== 'string') throw malformed('an image');
  if (!shown.images.includes(image)) throw new CallFailure(cancellation);
  return image;
}

/** A file to save: a name without folders that ends in a known format, and content; a PNG starts as a PNG does. */
export function checkedFile(params: unknown): { readonly name: string; readonly content: Uint8Array } {
  const { name, content } = recordOf(params);
  if (!(content instanceof Uint8Array) || content.length > mostFileBytes) throw malformed('a file');
  const asked = checkedText(name, 'a file name');
  const format = formats.find((known) => asked.toLowerCase().endsWith(`.${known}`));
  if (format === undefined) throw malformed('a file name');
  if (format === 'png' && !pngSignature.every((byte, index) => content[index] === byte)) {
    throw malformed('a picture');
  }
  return { name: fileName(asked, format), content };
}

export function checkedPanelName(params: unknown): PanelName {
  const { name } = recordOf(params);
  const known = panelNames.find((panel) => panel === name);
  if (known === undefined) throw malformed('a panel');
  return known;
}

/** The layer of a call that names nothing else. */
export function checkedLayer(params: unknown): string {
  return checkedText(recordOf(params).layer, 'a layer');
}

/** The key under which a view keeps something. */
export function checkedKey(params: unknown): string {
  return checkedText(recordOf(params).key, 'a key');
}

/** The subject in the state that a view kept over a reload, `undefined` where it is not usable. */
export function restoredSubject(state: unknown): PanelSubject | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { subject } = state as Record<string, unknown>;
  if (typeof subject !== 'object' || subject === null) return undefined;
  const { model, images, image } = subject as Record<string, unknown>;
  if (!isAbsolutePath(model) || !isAbsolutePath(image)) return undefined;
  if (!Array.isArray(images) || images.length > mostImages || !images.every(isAbsolutePath)) return undefined;
  return images.includes(image) ? { model, images, image } : undefined;
}

function checkedUnit(unit: unknown): UnitRequest {
  const { map, position, seed } = recordOf(unit);
  if (seed !== undefined && !(typeof seed === 'number' && Number.isFinite(seed))) throw malformed('a seed');
  return {
    map: checkedIndex(map, 'a feature map'),
    ...(position === undefined ? {} : { position: checkedPosition(position) }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function checkedPosition(position: unknown): readonly [number, number] {
  if (!Array.isArray(position) || position.length !== 2) throw malformed('a position');
  const [y, x] = position as unknown[];
  return [checkedIndex(y, 'a position'), checkedIndex(x, 'a position')];
}

function isAbsolutePath(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= mostCharacters &&
    !value.includes('\0') &&
    path.isAbsolute(value)
  );
}

/** Layer names hold slashes and colons; what is left is a name on every file system. */
function fileName(name: string, format: string): string {
  const stem = name
    .slice(0, -format.length - 1)
    // eslint-disable-next-line no-control-regex -- Control characters are exactly what must go.
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\s]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 120);
  return `${stem === '' ? 'projection' : stem}.${format}`;
}
