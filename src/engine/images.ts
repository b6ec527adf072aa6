import { decode as decodeBmp } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';
import { imageTooLarge, imageTooNarrow, notAnImage } from '../core/errors';
import { enlarge, type Crop, type Size } from '../core/imaging/enlarge';
import type { Picture, Preprocessing } from '../core/imaging/preprocessing';
import type { ViewedPicture } from '../protocol/correspondence';
import { openImageFile, readHead, type ImageFile } from './imageFile';

/** sharp streams most formats; a BMP is decoded as a whole. */
const MAX_PIXELS = 250_000_000;
const MAX_BMP_PIXELS = 64_000_000;
const MAX_BMP_HEADER = 2 ** 16;

/** Resizing a sliver to the network's shorter side would make the longer one huge. */
const MAX_RESIZED_PIXELS = 64_000_000;

/** What sharp recognises beyond these (SVG, PDF, raw formats) is no photograph, or reaches for other files. */
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif'];

const RESIZE = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;

interface Source {
  /** A fresh pipeline whose pixels are upright. */
  readonly pipeline: () => Sharp;
  readonly height: number;
  readonly width: number;
}

/**
 * Reads an image file as the network's input picture: EXIF orientation applied, transparency composed over white
 * (what is behind a cut-out in most viewers), CMYK and 16 bit converted to 8-bit sRGB, the first frame of an
 * animation; then `resizeAndCrop`. Throws a `UserError` that names the file.
 *
 * Resizing is bicubic with antialiasing in the pixels' own encoding, first along the rows and then along the columns,
 * as Pillow's and so most training pipelines' is. Enlarged, the values are the same. Reduced by libvips, those of a
 * photograph made half as large are nine times of ten the same, the others off by 1; made much smaller, more are off by
 * 1, a few by 2. Sizes and offsets are rounded down as theirs. A picture too small for the crop is enlarged to cover it.
 */
export async function readImage(
  file: string,
  preprocessing: Pick<Preprocessing, 'resize' | 'crop'>,
): Promise<Picture> {
  return decodeImage(await openImageFile(file), preprocessing);
}

/** The input picture of a file that is open, as `readImage` reads it. */
export async function decodeImage(
  file: ImageFile,
  preprocessing: Pick<Preprocessing, 'resize' | 'crop'>,
): Promise<Picture> {
  return (await decodeView(file, preprocessing)).picture;
}

/** What `readImage` reads, and where it lies in the file's picture. */
export async function readImageView(
  file: string,
  preprocessing: Pick<Preprocessing, 'resize' | 'crop'>,
): Promise<ViewedPicture> {
  return decodeView(await openImageFile(file), preprocessing);
}

async function decodeView(
  file: ImageFile,
  preprocessing: Pick<Preprocessing, 'resize' | 'crop'>,
): Promise<ViewedPicture> {
  const source = await openSource(file);
  const [cropHeight, cropWidth] = preprocessing.crop;
  const { height, width } = resizedSize(source, preprocessing);
  if (height * width > MAX_RESIZED_PIXELS) throw imageTooNarrow(file.path, source.width, source.height);
  const crop = {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    height: cropHeight,
    width: cropWidth,
  };
  const enlarges = height >= source.height && width >= source.width;
  try {
    const rgba = await (enlarges ? enlarged : reduced)(source, { height, width }, crop);
    return {
      picture: { height: cropHeight, width: cropWidth, rgba },
      view: {
        source: { height: source.height, width: source.width },
        resized: { height, width },
        crop,
      },
    };
  } catch (error) {
    throw notAnImage(file.path, reasonOf(error));
  }
}

/** Opaque 8-bit red, green and blue. */
function rgbOf({ pipeline }: Source): Sharp {
  return pipeline().flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha();
}

/** As a whole, which is no larger than what becomes of it. */
async function enlarged(source: Source, size: Size, crop: Crop): Promise<Uint8Array> {
  const { data, info } = await rgbOf(source).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return enlarge({ height: info.height, width: info.width, rgb: data }, size, crop);
}

/** Row by row as the file is read, so that a large photograph takes no more memory than its rows made narrow. */
async function reduced(source: Source, { height, width }: Size, crop: Crop): Promise<Uint8Array> {
  const rows = await rgbOf(source)
    .resize(width, source.height, RESIZE)
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const rgba = await sharp(rows.data, { raw: rows.info })
    .resize(width, height, RESIZE)
    .extract(crop)
    .ensureAlpha()
    .raw()
    .toBuffer();
  return new Uint8Array(rgba);
}

/** The picture's size after its shorter side became `resize`, or more where the crop would not fit into it. */
export function resizedSize(
  { height, width }: { readonly height: number; readonly width: number },
  { resize, crop }: Pick<Preprocessing, 'resize' | 'crop'>,
): { height: number; width: number } {
  const shorter = Math.min(height, width);
  const covering = Math.max(crop[0] / height, crop[1] / width);
  if (covering * shorter <= resize) {
    return height <= width
      ? { height: resize, width: Math.floor((resize * width) / height) }
      : { height: Math.floor((resize * height) / width), width: resize };
  }
  return {
    height: Math.max(crop[0], Math.floor(height * covering)),
    width: Math.max(crop[1], Math.floor(width * covering)),
  };
}

async function openSource(file: ImageFile): Promise<Source> {
  if (file.size === 0) throw notAnImage(file.path, 'it is empty');
  const isBmp = (await readHead(file, 2)).toString('latin1') === 'BM';
  const source = await (isBmp ? openBmp : openWithSharp)(file);
  if (source.height === 0 || source.width === 0) throw notAnImage(file.path, 'it has no pixels');
  return source;
}

async function openWithSharp(file: ImageFile): Promise<Source> {
  const from = file.held ?? file.path;
  const pipeline = () => sharp(from, { failOn: 'error', limitInputPixels: false }).autoOrient();
  const { format, width, height, autoOrient } = await sharp(from, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw notAnImage(file.path, reasonOf(error));
    });
  if (!FORMATS.includes(format)) throw notAnImage(file.path, `${format.toUpperCase()} is not supported`);
  if (width * height > MAX_PIXELS) throw imageTooLarge(file.path, width, height, MAX_PIXELS);
  return { pipeline, height: autoOrient.height, width: autoOrient.width };
}

/** libvips as sharp ships it reads no BMP. */
async function openBmp(file: ImageFile): Promise<Source> {
  const head = await readHead(file, 26);
  if (head.length < 26) throw notAnImage(file.path, 'the file is truncated');
  const width = head.readInt32LE(18);
  const height = Math.abs(head.readInt32LE(22));
  if (width <= 0 || height === 0) throw notAnImage(file.path, 'it has no pixels');
  if (width * height > MAX_BMP_PIXELS) throw imageTooLarge(file.path, width, height, MAX_BMP_PIXELS);
  // Four bytes a pixel are the most there are, behind a header and a colour table; what follows is not the picture.
  const bytes = await readHead(file, Math.min(file.size, 4 * width * height + MAX_BMP_HEADER));
  try {
    const pixels = withoutAlpha(decodeBmp(bytes, { toRGBA: true }).data);
    return { pipeline: () => sharp(pixels, { raw: { width, height, channels: 3 } }), height, width };
  } catch (error) {
    throw notAnImage(file.path, reasonOf(error));
  }
}

/** The fourth byte of a BMP's pixel is rarely meant as transparency and mostly zero. */
function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let i = 0, j = 0; j < rgb.length; i++) if (i % 4 !== 3) rgb[j++] = rgba[i]!;
  return rgb;
}

/** The first line of what a decoder says, without its final stop. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? message).trim().replace(/\.$/, '');
}
