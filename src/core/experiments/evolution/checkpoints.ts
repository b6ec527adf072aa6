/** A model of a training run. */
export interface Checkpoint {
  readonly file: string;
  /** `null` where neither the model nor its name says. */
  readonly epoch: number | null;
}

/** The epoch in a model's metadata under `epoch`, or else the last number in its file name: `zfnet-epoch12.onnx`. */
export function epochOf(name: string, metadata: ReadonlyMap<string, string>): number | null {
  const declared = metadata.get('epoch');
  if (declared !== undefined && /^\d+$/.test(declared)) return Number(declared);
  const stem = name.replace(/\.[^.]*$/, '');
  const last = stem.match(/\d+/g)?.at(-1);
  return last === undefined ? null : Number(last);
}

/** Checkpoints by epoch, those without one last, equal ones by name. */
export function inOrder<C extends Checkpoint>(checkpoints: readonly C[]): C[] {
  const epoch = ({ epoch: number }: Checkpoint) => number ?? Infinity;
  const byName = (a: Checkpoint, b: Checkpoint) => (a.file < b.file ? -1 : Number(a.file > b.file));
  return [...checkpoints].sort((a, b) => (epoch(a) === epoch(b) ? byName(a, b) : epoch(a) - epoch(b)));
}
