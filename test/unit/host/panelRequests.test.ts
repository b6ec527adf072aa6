import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkedFeatureMap,
  checkedFile,
  checkedImage,
  checkedKey,
  checkedPanelName,
  checkedProject,
  checkedSubject,
  restoredSubject,
} from '../../../src/host/panelRequests';
import { CallFailure } from '../../../src/protocol/failure';

const model = path.resolve('/w/model.onnx');
const cat = path.resolve('/w/cat.png');
const dog = path.resolve('/w/dog.png');
const secret = path.resolve('/etc/passwd');
const shown = { model, images: [cat, dog], image: cat };

/** Answered as cancelled: the request was good once, for what the panel showed before. */
function cancels(act: () => unknown): boolean {
  try {
    act();
  } catch (error) {
    return error instanceof CallFailure && error.failure.kind === 'cancelled';
  }
  return false;
}

describe('checkedSubject', () => {
  it.each([cat, dog])('lets through an image of the panel: %s', (image) => {
    expect(checkedSubject({ model, image }, shown)).toEqual({ model, image });
  });

  it.each([
    ['another model', { model: secret, image: cat }],
    ['another image', { model, image: secret }],
    ['a path that only normalizes to the image', { model, image: `${path.dirname(cat)}/x/../cat.png` }],
    ['the names swapped', { model: cat, image: model }],
  ])('stops %s', (_, params) => {
    expect(cancels(() => checkedSubject(params, shown))).toBe(true);
  });

  it.each([
    null,
    undefined,
    'x',
    3,
    {},
    { model },
    { model, image: [cat] },
    { model: { path: model }, image: cat },
  ])('refuses %j', (params) => {
    expect(() => checkedSubject(params, shown)).toThrow(/cannot be used/);
  });

  it('passes on no field that the view adds', () => {
    const params = JSON.parse(
      `{"model":${JSON.stringify(model)},"image":${JSON.stringify(cat)},"sidecar":"/x","__proto__":{"a":1}}`,
    ) as unknown;
    expect(Object.keys(checkedSubject(params, shown))).toEqual(['model', 'image']);
  });
});

describe('checkedProject', () => {
  const request = {
    model,
    image: cat,
    layer: 'conv1',
    units: [{ map: 3 }, { map: 4, position: [1, 2] }, { map: 5, seed: -1.5 }],
    method: 'guided',
  };

  it('lets through a request as it is', () => {
    expect(checkedProject(request, shown)).toEqual(request);
  });

  it.each([
    ['an unknown method', { method: 'toString' }],
    ['no method', { method: undefined }],
    ['an empty layer', { layer: '' }],
    ['a layer that is no text', { layer: 1 }],
    ['an endless layer', { layer: 'x'.repeat(100_000) }],
    ['units that are no list', { units: { length: 1 } }],
    ['too many units', { units: Array.from({ length: 4097 }, (_, map) => ({ map })) }],
    ['a negative map', { units: [{ map: -1 }] }],
    ['a fraction of a map', { units: [{ map: 0.5 }] }],
    ['a map that is text', { units: [{ map: '1' }] }],
    ['no unit', { units: [null] }],
    ['half a position', { units: [{ map: 1, position: [1] }] }],
    ['a position without numbers', { units: [{ map: 1, position: ['0', '0'] }] }],
    ['an infinite seed', { units: [{ map: 1, seed: Infinity }] }],
  ])('refuses %s', (_, change) => {
    expect(() => checkedProject({ ...request, ...change }, shown)).toThrow(/cannot be used/);
  });

  it('stops a model of the view’s own invention', () => {
    expect(cancels(() => checkedProject({ ...request, model: secret }, shown))).toBe(true);
  });
});

describe('checkedFeatureMap', () => {
  it('rebuilds a request', () => {
    const params = { model, image: dog, layer: 'conv1', map: 7, more: true };
    expect(checkedFeatureMap(params, shown)).toEqual({ model, image: dog, layer: 'conv1', map: 7 });
  });

  it.each([{ map: -1 }, { map: '7' }, { layer: null }])('refuses %j', (change) => {
    const params = { model, image: dog, layer: 'conv1', map: 7, ...change };
    expect(() => checkedFeatureMap(params, shown)).toThrow(/cannot be used/);
  });
});

describe('checkedImage', () => {
  it('takes an image of the panel and no other', () => {
    expect(checkedImage({ image: dog }, shown)).toBe(dog);
    expect(cancels(() => checkedImage({ image: secret }, shown))).toBe(true);
    expect(() => checkedImage({ image: 1 }, shown)).toThrow(/cannot be used/);
  });
});

describe('checkedFile', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0);

  it.each([
    ['conv1-map3.png', 'conv1-map3.png'],
    ['fire2/expand3x3 map 4.PNG', 'fire2-expand3x3-map-4.png'],
    ['../../etc/passwd.png', 'etc-passwd.png'],
    ['C:\\windows\\x.png', 'C-windows-x.png'],
    ['a\u0000b.png', 'a-b.png'],
    ['....png', 'projection.png'],
    [`${'x'.repeat(4000)}.png`, `${'x'.repeat(120)}.png`],
  ])('turns the name %j into a plain file name', (name, expected) => {
    expect(checkedFile({ name, content: png })).toEqual({ name: expected, content: png });
  });

  it.each([
    ['text', 'hello'],
    ['plain numbers', [...png]],
    ['a script', new TextEncoder().encode('#!/bin/sh\nrm -rf /')],
    ['nothing', new Uint8Array(0)],
  ])('refuses %s instead of a picture', (_, content) => {
    expect(() => checkedFile({ name: 'x.png', content })).toThrow(/cannot be used/);
  });

  it.each(['x.csv', 'x.json', 'x.html'])('takes text as %s', (name) => {
    const content = new TextEncoder().encode('a,b');
    expect(checkedFile({ name, content })).toEqual({ name, content });
  });

  it.each(['x', 'x.sh', 'x.png.exe', ''])('refuses the name %j', (name) => {
    expect(() => checkedFile({ name, content: png })).toThrow(/cannot be used/);
  });
});

describe('checkedPanelName and checkedKey', () => {
  it('know the panels there are', () => {
    expect(checkedPanelName({ name: 'occlusion' })).toBe('occlusion');
    expect(() => checkedPanelName({ name: 'toString' })).toThrow(/cannot be used/);
  });

  it('take a short text for a key', () => {
    expect(checkedKey({ key: cat })).toBe(cat);
    expect(() => checkedKey({ key: 'x'.repeat(5000) })).toThrow(/cannot be used/);
    expect(() => checkedKey({ key: 3 })).toThrow(/cannot be used/);
  });
});

describe('restoredSubject', () => {
  it('restores what the view kept', () => {
    expect(restoredSubject({ version: 1, subject: shown, method: 'deconvnet' })).toEqual(shown);
  });

  it.each([
    undefined,
    null,
    'x',
    {},
    { subject: null },
    { subject: { ...shown, model: 'model.onnx' } },
    { subject: { ...shown, model: undefined } },
    { subject: { ...shown, model: `${model}\0` } },
    { subject: { ...shown, images: [] } },
    { subject: { ...shown, images: [dog] } },
    { subject: { ...shown, images: [cat, 'dog.png'] } },
    { subject: { ...shown, images: cat } },
    { subject: { ...shown, image: 'cat.png' } },
    { subject: { ...shown, images: Array.from({ length: 1001 }, () => cat) } },
  ])('gives up on %j', (state) => {
    expect(restoredSubject(state)).toBeUndefined();
  });
});
