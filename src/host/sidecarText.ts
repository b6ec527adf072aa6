import path from 'node:path';
import type { Preprocessing } from '../core/imaging/preprocessing';

/** The sidecar of a model: `model.onnx` has `model.switchback.json` beside it. */
export function sidecarPath(model: string): string {
  const { dir, name } = path.parse(model);
  return path.join(dir, `${name}.switchback.json`);
}

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
