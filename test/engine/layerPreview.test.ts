import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { previewLayer } from '../../src/engine/layerPreview';
import { reportFilters } from '../../src/engine/filters';
import { newService } from './support';

const bundled = path.resolve(import.meta.dirname, '../../media/zfnet/zfnet.onnx');
const service = newService();
const preview = (layer: string, bytes: number) =>
  service.models.use(bundled, (open) => previewLayer(open, { layer, bytes }));

describe('a layer in few bytes', () => {
  it('is the sheet of its filters, where that fits', async () => {
    const { sheet, filters, inputShape } = await preview('conv1', 70_000);
    const report = await service.models.use(bundled, async (open) =>
      reportFilters(open, { layer: 'conv1', columns: 13 }),
    );
    expect(inputShape).toEqual([3, 128, 128]);
    expect(filters).toEqual({
      count: 48,
      dead: report.statistics.dead.length,
      dominating: report.statistics.dominating.length,
    });
    expect(sheet?.type).toBe('image/png');
    const shown = await sharp(sheet!.file).ensureAlpha().raw().toBuffer();
    expect(Buffer.compare(shown, Buffer.from(report.sheet!.picture.rgba))).toBe(0);
  });

  it.each([70_000, 20_000, 5_000])('keeps to %i bytes', async (bytes) => {
    for (const layer of ['conv1', 'conv2', 'conv5']) {
      const { sheet } = await preview(layer, bytes);
      if (sheet) {
        expect(sheet.file.length).toBeLessThanOrEqual(bytes);
        const { width, height } = await sharp(sheet.file).metadata();
        expect([width, height]).toEqual([sheet.width, sheet.height]);
      }
    }
  });

  it('has figures and no picture for a fully connected layer over features', async () => {
    const { sheet, filters } = await preview('fc7', 70_000);
    expect(sheet).toBeNull();
    expect(filters?.count).toBe(896);
  });
});
