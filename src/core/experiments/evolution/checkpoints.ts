/** A model of a training run. */
export interface Checkpoint {
  /** Absolute path. */
  readonly file: string;
  /** Relative to the folder of the training run, with slashes: `epoch-05.onnx` or `epoch-05/model.json`. */
  readonly name: string;
  /** `null` where neither the model nor its name says. */
  readonly epoch: number | null;
}

/** The epoch in a model's metadata under `epoch`, or else the last number in its name: `zfnet-epoch12.onnx`, `epoch-12/model.json`. */
export function epochOf(name: string, metadata: ReadonlyMap<string, string>): number | null {
  const declared = metadata.get('epoch');
  if (declared !== undefined && /^\d+$/.test(declared)) return Number(declared);
  const stem = name.replace(/\.[^.]*$/, '');
  const last = stem.match(/\d+/g)?.at(-1);
  return last === undefined ? null : Number(last);
}

/** Checkpoints by epoch, those without one last, equal ones by name. */
export function inOrder<C extends Omit<Checkpoint, 'file'>>(checkpoints: readonly C[]): C[] {
  const epoch = ({ epoch: number }: C) => number ?? Infinity;
  const byName = (a: C, b: C) => (a.name < b.name ? -1 : Number(a.name > b.name));
  return [...checkpoints].sort((a, b) => (epoch(a) === epoch(b) ? byName(a, b) : epoch(a) - epoch(b)));
}
