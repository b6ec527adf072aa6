import type { Preprocessing } from '../imaging/preprocessing';

/**
 * A sidecar that declares a preprocessing, and the classes in order where they are given, laid out for people to edit.
 * `parseSidecar` reads the same values back.
 */
export function sidecarText(
  { resize, crop, channels, scale, mean, std }: Preprocessing,
  labels: readonly string[] = [],
): string {
  const list = (values: readonly number[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  const lines = labels.map((label) => `    ${JSON.stringify(label)}`).join(',\n');
  return `{
  "preprocess": {
    "resize": ${resize},
    "crop": ${list(crop)},
    "channels": "${channels}",
    "scale": ${scale},
    "mean": ${list(mean)},
    "std": ${list(std)}
  }${labels.length === 0 ? '' : `,\n  "labels": [\n${lines}\n  ]`}
}
`;
}
