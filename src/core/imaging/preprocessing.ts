/**
 * How a picture becomes the network's input, as in the sidecar `<model>.switchback.json`:
 * value = (pixel * scale - mean) / std, pixel in 0..255; `mean` and `std` in the order of `channels`.
 */
export interface Preprocessing {
  /** The shorter side is resized to this many pixels before cropping. */
  readonly resize: number;
  /** Height and width of the centre crop: the network's input size. */
  readonly crop: readonly [height: number, width: number];
  readonly channels: 'RGB' | 'BGR' | 'GRAY';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** An 8-bit picture, rows of RGBA pixels, not premultiplied. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly rgba: Uint8Array;
}
