import { describe, expect, it } from 'vitest';
import type { LayerRecording } from '../../src/protocol/model';
import { isActive, maximumOf, otherMap, rankMaps, shownMaps } from '../../webview/layers/maps';

function recording(maxima: readonly number[]): LayerRecording {
  return {
    label: 'conv1',
    maxima: Float32Array.from(maxima),
    positions: Int32Array.from(maxima, (_, map) => 5 * map),
    inactive: 0,
  };
}

const view = { shown: 2, extra: [], collapsed: false, table: false };

describe('maps of a layer', () => {
  it('come strongest first, ties in the order of the maps, NaN last', () => {
    expect(rankMaps(recording([1, 3, NaN, 3, -2, -Infinity, 0]))).toEqual([1, 3, 0, 6, 4, 2, 5]);
  });

  it('are those asked for by number after the strongest, each once, none the layer does not have', () => {
    const maps = shownMaps(recording([1, 4, 3, 2]), { ...view, extra: [0, 2, 9] });
    expect(maps).toEqual([1, 2, 0]);
  });

  it('are active only with a positive activation', () => {
    const layer = recording([0, -1, NaN, 0.001]);
    expect([0, 1, 2, 3, 4].map((map) => isActive(layer, map))).toEqual([false, false, false, true, false]);
  });

  it('have their maximum at row and column of the row-major position', () => {
    expect(maximumOf(recording([1, 1, 1]), [3, 4, 7], 2)).toEqual([1, 3]);
    expect(maximumOf(recording([1]), [1], 0)).toEqual([0, 0]);
  });
});

describe('another unit', () => {
  it('is never the map itself, and the same for the same draw', () => {
    for (let map = 0; map < 20; map++) {
      for (let draw = 1; draw < 20; draw++) {
        const other = otherMap('conv3', map, 20, draw);
        expect(other).toBe(otherMap('conv3', map, 20, draw));
        expect(other).not.toBe(map);
        expect(other).toBeGreaterThanOrEqual(0);
        expect(other).toBeLessThan(20);
      }
    }
  });

  it('reaches every other map over many draws', () => {
    const seen = new Set(Array.from({ length: 400 }, (_, draw) => otherMap('conv5', 3, 16, draw + 1)));
    expect([...seen].sort((a, b) => a! - b!)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('does not exist in a layer of one map', () => {
    expect(otherMap('conv1', 0, 1, 1)).toBeNull();
  });
});
