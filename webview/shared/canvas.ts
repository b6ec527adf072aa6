import type { Picture } from '../../src/core/imaging/preprocessing';

/** Makes the canvas this picture, pixel for pixel. */
export function paint(canvas: HTMLCanvasElement, picture: Picture): void {
  const { height, width } = picture;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d')?.putImageData(toImageData(picture), 0, 0);
}

function toImageData({ height, width, rgba }: Picture): ImageData {
  const pixels = new Uint8ClampedArray(rgba.byteLength);
  pixels.set(rgba);
  return new ImageData(pixels, width, height);
}

/** A canvas of its own, to be drawn onto others. */
export function toCanvas(picture: Picture): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  paint(canvas, picture);
  return canvas;
}

/** The canvas as PNG, at its own resolution. */
export async function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('No PNG'))), 'image/png'),
  );
}
