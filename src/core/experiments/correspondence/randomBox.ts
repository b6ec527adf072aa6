import type { Box } from '../../graph/box';
import type { Random } from '../../random';

/**
 * A square of `size` pixels at a uniformly random place inside an image, none of whose pixels is in one of the
 * `taken` boxes. `undefined` where no place is left.
 */
export function randomBox(
  random: Random,
  size: number,
  image: { readonly height: number; readonly width: number },
  taken: readonly Box[],
): Box | undefined {
  const [rows, columns] = [image.height - size + 1, image.width - size + 1];
  if (rows < 1 || columns < 1) return undefined;
  const free: number[] = [];
  for (let place = 0; place < rows * columns; place++) {
    const box = { top: Math.floor(place / columns), left: place % columns, height: size, width: size };
    if (!taken.some((other) => overlap(box, other))) free.push(place);
  }
  const place = free[Math.floor(random() * free.length)];
  if (place === undefined) return undefined;
  return { top: Math.floor(place / columns), left: place % columns, height: size, width: size };
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.top < b.top + b.height &&
    b.top < a.top + a.height &&
    a.left < b.left + b.width &&
    b.left < a.left + a.width
  );
}
