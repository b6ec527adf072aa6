import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedCorrespondence } from '../../../src/host/partsRequests';
import { CallFailure } from '../../../src/protocol/failure';

const model = path.resolve('/w/model.onnx');
const [a, b] = [path.resolve('/w/a.png'), path.resolve('/w/b.png')];
const shown = { model, images: [a, b], image: a };
const request = {
  model,
  images: [
    { image: a, parts: { nose: [1, 2.5] } },
    { image: b, parts: { nose: [3, 4], eye: [-5, 6] } },
  ],
  parts: ['nose'],
  layers: ['conv5'],
  size: 32,
  draws: 39,
  seed: 1,
  known: { key: 'k', count: 4 },
};

describe('checkedCorrespondence', () => {
  it('passes on what a panel asks for, and nothing else', () => {
    expect(checkedCorrespondence({ ...request, out: '/etc' }, shown)).toEqual(request);
  });

  it('leaves open what the view leaves open', () => {
    const { layers, known, ...rest } = request;
    expect([layers, known].includes(undefined as never)).toBe(false);
    expect(checkedCorrespondence(rest, shown)).toEqual(rest);
  });

  it.each([
    ['a picture of another panel', { images: [{ image: path.resolve('/etc/passwd'), parts: {} }] }],
    ['another model', { model: path.resolve('/etc/model.onnx') }],
  ])('stops %s', (_, wrong) => {
    expect(() => checkedCorrespondence({ ...request, ...wrong }, shown)).toThrow(CallFailure);
  });

  it.each([
    { images: 'all' },
    { images: [{ image: a, parts: { nose: [1] } }] },
    { images: [{ image: a, parts: { file: [1, 2] } }] },
    { parts: [''] },
    { parts: Array.from({ length: 33 }, (__, i) => `p${i}`) },
    { size: 0.5 },
    { draws: -1 },
    { seed: 'x' },
    { known: { key: 3, count: 1 } },
  ])('refuses %j', (wrong) => {
    expect(() => checkedCorrespondence({ ...request, ...wrong }, shown)).toThrow(/cannot be used/);
  });
});
