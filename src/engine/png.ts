import sharp from 'sharp';
import type { Picture } from '../core/imaging/preprocessing';

/** A picture as a PNG file. Opaque pictures are written without alpha. */
export async function encodePng({ height, width, rgba }: Picture): Promise<Uint8Array> {
  const image = sharp(rgba, { raw: { height, width, channels: 4 } });
  const { isOpaque } = await image.stats();
  const bytes = await (isOpaque ? image.removeAlpha() : image).png().toBuffer();
  return new Uint8Array(bytes);
}
