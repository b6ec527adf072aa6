import type { Random } from '../../random';

/** Which images to learn from and which to judge by, by number. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

export interface FoldSizes {
  /** Images of each class to learn from. */
  readonly train: number;
  /** Images of each class to judge by, at most: all others where a class has fewer. */
  readonly test: number;
}

/**
 * Draws images of every class, as section 5.2 of Zeiler & Fergus 2013 does. The same random numbers draw the same order for
 * every size, so that fewer images are part of more.
 */
export function drawFold(
  classes: readonly (readonly number[])[],
  { train, test }: FoldSizes,
  random: Random,
): Fold {
  const shuffled = classes.map((images) => shuffle(images, random));
  return {
    train: shuffled.flatMap((images) => images.slice(0, train)),
    test: shuffled.flatMap((images) => images.slice(train, train + test)),
  };
}

/** Deals samples out to `parts` parts of about equal size, each class by itself; the part of every sample. */
export function dealOut(labels: Int32Array, parts: number): Int32Array {
  const dealt = new Map<number, number>();
  return labels.map((label) => {
    const count = dealt.get(label) ?? 0;
    dealt.set(label, count + 1);
    return count % parts;
  });
}

function shuffle(images: readonly number[], random: Random): number[] {
  const order = [...images];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
