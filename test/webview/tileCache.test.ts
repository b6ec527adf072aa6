import { describe, expect, it } from 'vitest';
import { createTileCache } from '../../webview/layers/tileCache';
import { projectedUnit } from './support';

const layers = ['conv1', 'conv2', 'conv3', 'conv4'];

/** 100 pixels are 200 bytes. */
function filled(limitBytes: number, looking: string) {
  const cache = createTileCache({
    limitBytes,
    distance: (_, layer) => Math.abs(layers.indexOf(layer) - layers.indexOf(looking)),
  });
  for (const layer of layers) cache.add('deconvnet', projectedUnit(layer, 0, 100));
  return cache;
}

describe('the tile cache', () => {
  it('keeps everything while there is room', () => {
    const cache = filled(1000, 'conv1');
    expect(cache.bytes()).toBe(800);
    expect(layers.every((layer) => cache.has('deconvnet', layer, 0))).toBe(true);
  });

  it('drops the tiles that are farthest away first', () => {
    const cache = filled(700, 'conv4');
    expect(layers.map((layer) => cache.has('deconvnet', layer, 0))).toEqual([false, false, true, true]);
    expect(cache.bytes()).toBeLessThanOrEqual(700);
  });

  it('remembers position, box and scale of a dropped tile', () => {
    const cache = filled(700, 'conv4');
    const unit = cache.get('deconvnet', 'conv1', 0);
    expect(unit?.tile).toBeNull();
    expect(unit?.receptiveField).toEqual(projectedUnit('conv1', 0, 100).receptiveField);
    expect(cache.quantile('deconvnet', 'conv1', 0)).toBe(1);
  });

  it('never drops what is looked at, even beyond the limit', () => {
    const cache = createTileCache({ limitBytes: 300, distance: () => 0 });
    for (let map = 0; map < 5; map++) cache.add('deconvnet', projectedUnit('conv1', map, 100));
    expect(cache.bytes()).toBe(1000);
    expect(cache.isFull()).toBe(true);
  });

  it('counts a tile that comes again once', () => {
    const cache = createTileCache({ limitBytes: 1000, distance: () => 1 });
    cache.add('deconvnet', projectedUnit('conv1', 0, 100));
    cache.add('deconvnet', projectedUnit('conv1', 0, 50));
    expect(cache.bytes()).toBe(100);
  });

  it('keeps methods apart', () => {
    const cache = filled(1000, 'conv1');
    expect(cache.has('guided', 'conv1', 0)).toBe(false);
  });

  it('holds inactive units without asking for them again', () => {
    const cache = createTileCache({ limitBytes: 1000, distance: () => 1 });
    cache.add('deconvnet', { ...projectedUnit('conv1', 3), status: 'inactive', tile: null });
    expect(cache.has('deconvnet', 'conv1', 3)).toBe(true);
    expect(cache.bytes()).toBe(0);
  });

  it('forgets everything when another subject is shown', () => {
    const cache = filled(1000, 'conv1');
    cache.clear();
    expect(cache.bytes()).toBe(0);
    expect(cache.get('deconvnet', 'conv1', 0)).toBeUndefined();
  });
});
