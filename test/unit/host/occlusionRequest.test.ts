import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedOcclusion } from '../../../src/host/occlusionRequest';

const model = path.resolve('/w/model.onnx');
const image = path.resolve('/w/cat.png');
const shown = { model, images: [image], image };
const request = {
  model,
  image,
  size: [32, 32],
  stride: [8, 8],
  fill: 'blur',
  maps: [{ layer: 'conv5', map: 3 }],
  label: 7,
  known: { key: 'k', windows: Int32Array.of(0, 4) },
};

describe('checkedOcclusion', () => {
  it('passes on what a panel asks for, and nothing else', () => {
    expect(checkedOcclusion({ ...request, out: '/etc' }, shown)).toEqual(request);
  });

  it('passes on sizes that the engine has to refuse with a sentence', () => {
    const wrong = { ...request, size: [0, -3], stride: [0.5, 8] };
    expect(checkedOcclusion(wrong, shown)).toMatchObject({ size: [0, -3], stride: [0.5, 8] });
  });

  it('leaves open what the view leaves open', () => {
    const { maps, label, known, ...rest } = request;
    expect([maps, label, known].includes(undefined as never)).toBe(false);
    expect(checkedOcclusion(rest, shown)).toEqual(rest);
  });

  it.each([
    { ...request, size: 32 },
    { ...request, size: [32] },
    { ...request, stride: ['8', 8] },
    { ...request, fill: 'noise' },
    { ...request, fill: [1, 2] },
    { ...request, fill: [1, 2, -3] },
    { ...request, maps: 'conv5' },
    { ...request, maps: [{ layer: 'conv5', map: -1 }] },
    { ...request, maps: Array.from({ length: 65 }, () => ({ layer: 'conv5', map: 1 })) },
    { ...request, label: 1.5 },
    { ...request, known: { key: 'k', windows: [0, 1] } },
    { ...request, known: 3 },
  ])('refuses %j', (params) => {
    expect(() => checkedOcclusion(params, shown)).toThrow(/cannot be used/);
  });

  it('answers a request about what is no longer shown as cancelled', () => {
    expect(() => checkedOcclusion({ ...request, image: '/etc/passwd' }, shown)).toThrow('Cancelled.');
  });
});
