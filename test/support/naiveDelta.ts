type Values = ArrayLike<number | bigint>;

/**
 * Zeiler & Fergus 2013, section 4.4, in plain loops: Δ = Σ_{i≠j} H(sign ε_i, sign ε_j) of the features of clean and of
 * masked images, divided by the number of features and of ordered pairs.
 */
export function naiveDelta(clean: readonly Values[], masked: readonly Values[]): number {
  const features = clean[0]!.length;
  const sign = (image: number, feature: number) =>
    Math.sign(Number(clean[image]![feature]) - Number(masked[image]![feature]));
  let different = 0;
  for (let i = 0; i < clean.length; i++) {
    for (let j = 0; j < clean.length; j++) {
      for (let f = 0; i !== j && f < features; f++) if (sign(i, f) !== sign(j, f)) different++;
    }
  }
  return different / features / (clean.length * (clean.length - 1));
}
