/** A rectangle of positions: rows `top … top + height - 1`, columns `left … left + width - 1`. May lie outside the image. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The smallest box that contains both; an empty box adds nothing. */
export function union(a: Box, b: Box): Box {
  if (a.height === 0 || a.width === 0) return b;
  if (b.height === 0 || b.width === 0) return a;
  const top = Math.min(a.top, b.top);
  const left = Math.min(a.left, b.left);
  return {
    top,
    left,
    height: Math.max(a.top + a.height, b.top + b.height) - top,
    width: Math.max(a.left + a.width, b.left + b.width) - left,
  };
}

/** The part of the box inside an image of `height` x `width`; empty where they do not meet. */
export function clip(box: Box, height: number, width: number): Box {
  const top = Math.min(Math.max(box.top, 0), height);
  const left = Math.min(Math.max(box.left, 0), width);
  return {
    top,
    left,
    height: Math.max(0, Math.min(box.top + box.height, height) - top),
    width: Math.max(0, Math.min(box.left + box.width, width) - left),
  };
}
