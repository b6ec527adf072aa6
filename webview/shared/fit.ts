export interface Size {
  readonly height: number;
  readonly width: number;
}

export interface Fit extends Size {
  /** Pixels are shown as squares instead of being smoothed. */
  readonly pixelated: boolean;
}

/** From this magnification on each pixel gets whole screen pixels; below, rounding would waste much of the frame. */
const WHOLE = 6;

/** From this magnification on pixels are squares. */
const SQUARE = 2;

/** The size on screen of a picture in a square frame. */
export function fit(picture: Size, frame: number): Fit {
  const ratio = frame / Math.max(picture.height, picture.width, 1);
  const scale = ratio >= WHOLE ? Math.floor(ratio) : ratio;
  return {
    height: Math.max(1, Math.round(picture.height * scale)),
    width: Math.max(1, Math.round(picture.width * scale)),
    pixelated: ratio >= SQUARE,
  };
}
