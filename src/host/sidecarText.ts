import type { Preprocessing } from '../core/imaging/preprocessing';

/** A sidecar that declares a preprocessing, laid out for people to edit. */
export function sidecarText({ resize, crop, channels, scale, mean, std }: Preprocessing): string {
  const list = (values: readonly number[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  return `{
  "preprocess": {
    "resize": ${resize},
    "crop": ${list(crop)},
    "channels": "${channels}",
    "scale": ${scale},
    "mean": ${list(mean)},
    "std": ${list(std)}
  }
}
`;
}
