import { describe, expect, it } from 'vitest';
import { cellAt, cellBox, centredGrid, mapGrid, rowHeight, tileLayout } from '../../webview/layers/geometry';
import { fit } from '../../webview/shared/fit';

const image = { height: 224, width: 200 };

describe('the size of a picture in its frame', () => {
  it.each([
    [7, 100, { height: 98, width: 98, pixelated: true }],
    [27, 100, { height: 100, width: 100, pixelated: true }],
    [51, 100, { height: 100, width: 100, pixelated: false }],
    [224, 100, { height: 100, width: 100, pixelated: false }],
  ])(
    'of %i pixels in %i is a whole factor of the tiny ones, and smooth near its own size',
    (side, frame, expected) => {
      expect(fit({ height: side, width: side }, frame)).toEqual(expected);
    },
  );

  it('keeps the aspect', () => {
    expect(fit({ height: 200, width: 100 }, 80)).toEqual({ height: 80, width: 40, pixelated: false });
  });
});

describe('the cells of a feature map', () => {
  // conv1 of figure 3: 7x7 filters, stride 2, padding 1: unit (0, 0) is centred on pixel 2.5 of the padded rows.
  const unit = { position: [10, 20], receptiveField: { top: 19, left: 39, height: 7, width: 7 } } as const;
  const grid = mapGrid({ height: 110, width: 98 }, [2, 2], unit, image);

  it('lie one stride apart around the centres of their receptive fields', () => {
    expect(grid.origin).toEqual([2.5, 2.5]);
    expect(cellBox(grid, [10, 20])).toEqual({ top: 21.5, left: 41.5, height: 2, width: 2 });
  });

  it('are found again from any point inside', () => {
    for (const position of [
      [0, 0],
      [10, 20],
      [109, 97],
    ] as const) {
      const { top, left, height, width } = cellBox(grid, position);
      expect(cellAt(grid, top + 0.1 * height, left + 0.9 * width)).toEqual(position);
    }
  });

  it('are clamped to the map for points outside', () => {
    expect(cellAt(grid, -50, 999)).toEqual([0, 97]);
  });

  it('cover the image where there is only one', () => {
    const whole = mapGrid({ height: 1, width: 1 }, [1, 1], { ...unit, position: [0, 0] }, image);
    expect(cellBox(whole, [0, 0])).toEqual({ top: 0, left: 0, height: 224, width: 200 });
    expect(cellAt(whole, 200, 10)).toEqual([0, 0]);
  });

  it('are centred on the image as long as no unit is known', () => {
    const { origin, stride } = centredGrid({ height: 13, width: 13 }, [16, 16], { height: 224, width: 224 });
    expect(origin[0] + 6 * stride[0]).toBe(112);
    expect(origin[1] + 6 * stride[1]).toBe(112);
  });
});

describe('the layout of the tiles', () => {
  it.each([300, 420, 560, 640, 700, 900, 1200, 1600, 2400])(
    'fills %i pixels without overflowing',
    (width) => {
      const { columns, frame } = tileLayout(width);
      const used = columns * (2 * frame + 2) + (columns - 1) * 16;
      expect(used).toBeLessThanOrEqual(width);
      expect(frame).toBeGreaterThanOrEqual(columns === 1 ? 24 : 68);
    },
  );

  it('reserves whole lines', () => {
    const layout = tileLayout(640);
    expect(layout.columns).toBe(3);
    expect(rowHeight(layout, 9)).toBe(3 * layout.rowHeight);
    expect(rowHeight(layout, 10)).toBe(4 * layout.rowHeight);
    expect(rowHeight(layout, 0)).toBe(0);
  });
});
