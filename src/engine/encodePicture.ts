import sharp from 'sharp';
import type { Picture } from '../core/imaging/preprocessing';
import type { PictureFile } from '../protocol/model';

/** A picture as a PNG file. Opaque pictures are written without alpha. */
export async function encodePng({ height, width, rgba }: Picture): Promise<Uint8Array> {
  const image = sharp(rgba, { raw: { height, width, channels: 4 } });
  const { isOpaque } = await image.stats();
  const bytes = await (isOpaque ? image.removeAlpha() : image).png().toBuffer();
  return new Uint8Array(bytes);
}

/** Of fewer pixels every one is seen, enlarged, and lossless coding costs little. */
const SMALL = 64 * 64;

/** A picture in few bytes for looking at: WebP, made smaller where a side is longer than `limit` pixels. */
export async function encodePreview({ height, width, rgba }: Picture, limit: number): Promise<Uint8Array> {
  const bytes = await sharp(rgba, { raw: { height, width, channels: 4 } })
    .resize(limit, limit, { fit: 'inside', withoutEnlargement: true })
    .webp(height * width <= SMALL ? { lossless: true } : { quality: 90, smartSubsample: true })
    .toBuffer();
  return new Uint8Array(bytes);
}

/**
 * A picture in at most `bytes` bytes: as it is where it fits so and into `side` pixels, else as a preview, of half the size where need be;
 * `null` where that is too long, too.
 */
export async function encodeSmall(
  picture: Picture,
  { bytes, side }: { readonly bytes: number; readonly side: number },
): Promise<PictureFile | null> {
  const { height, width } = picture;
  const longer = Math.max(height, width);
  if (longer <= side) {
    const file = await encodePng(picture);
    if (file.length <= bytes) return { file, type: 'image/png', height, width };
  }
  for (const limit of [side, Math.ceil(side / 2)]) {
    const file = await encodePreview(picture, limit);
    const shrink = Math.min(1, limit / longer);
    const size = { height: Math.round(height * shrink), width: Math.round(width * shrink) };
    if (file.length <= bytes) return { file, type: 'image/webp', ...size };
  }
  return null;
}

/** A drawing as a PNG picture on white ground, at twice its size. The drawing is our own: nothing is loaded for it. */
export async function encodeSvg(svg: string): Promise<Uint8Array> {
  const bytes = await sharp(Buffer.from(svg), { density: 144 })
    .flatten({ background: 'white' })
    .png()
    .toBuffer();
  return new Uint8Array(bytes);
}
