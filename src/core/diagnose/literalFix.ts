import type { ArgumentName, LayerArguments, LayerDefinition, SourceRange } from '../source/definition';
import type { LayerMatch } from '../source/match';
import type { Finding, Fix } from './finding';

/** Numbers that may stand in the code instead of those that stand there. */
export interface LiteralEdit {
  /** Of the number, or the list of numbers. */
  readonly range: SourceRange;
  /** What it says now, as in the arguments of a layer: `[11, 11]`. */
  readonly current: readonly number[];
  readonly value: readonly number[];
}

/** A number that the code may say instead of the one that stands there, and what follows from that. */
export interface LiteralFix extends LiteralEdit {
  readonly argument: ArgumentName;
  /** The padding that belongs to it, where that is a number of the code, too. */
  readonly padding: LiteralEdit | null;
  /** What the reader has to know of the size of the layer's feature maps afterwards. */
  readonly maps: 'same' | 'larger' | PaddingOfModel;
}

/** The code leaves its padding to the library, and the loaded model has this one. */
export interface PaddingOfModel {
  readonly padding: readonly number[];
}

/**
 * The edit that a finding asks for, `null` where no number stands in the definition. A kernel that has to be the model's takes the
 * model's padding with it; one that gets smaller takes less padding, by half of the difference, so that feature maps keep their
 * size, as far as there is any.
 */
export function literalFix(
  { literals }: Pick<LayerDefinition, 'literals'>,
  { code, fix }: Pick<Finding, 'code' | 'fix'>,
  match: Pick<LayerMatch, 'use' | 'traits'>,
): LiteralFix | null {
  const range = fix && literals[fix.argument];
  const current = fix && saidOf(match.use.arguments, fix.argument);
  if (!fix || !range || !current) return null;
  const edit = { ...fix, range, current };
  const { padding } = match.use.arguments;
  if (fix.argument === 'stride' && code !== 'code-mismatch')
    return { ...edit, padding: null, maps: 'larger' };
  if (fix.argument !== 'kernel' || padding === 'same' || padding === undefined)
    return { ...edit, padding: null, maps: 'same' };
  const now = padding === 'valid' ? [0, 0] : padding;
  const ofModel = code === 'code-mismatch';
  const wanted = ofModel ? match.traits.padding : paddingToKeepSize(match.use.arguments, current, now, fix);
  if (wanted === null) return { ...edit, padding: null, maps: ofModel ? 'same' : 'larger' };
  if (sameNumbers(wanted, now)) return { ...edit, padding: null, maps: 'same' };
  if (!literals.padding) return { ...edit, padding: null, maps: ofModel ? { padding: wanted } : 'larger' };
  return { ...edit, padding: { range: literals.padding, current: now, value: wanted }, maps: 'same' };
}

/** `null` where no padding makes up for the kernel. */
function paddingToKeepSize(
  { dilation = [1, 1] }: LayerArguments,
  kernel: readonly number[],
  padding: readonly number[],
  { value }: Fix,
): readonly number[] | null {
  const wanted = padding.map((pad, axis) => pad - (dilation[axis]! * (kernel[axis]! - value[axis]!)) / 2);
  return wanted.every((pad) => pad >= 0 && Number.isInteger(pad)) ? wanted : null;
}

/** The numbers of an argument; `undefined` where it is not known, or said in words. */
export function saidOf(known: LayerArguments, argument: ArgumentName): readonly number[] | undefined {
  const value = known[argument];
  if (value === undefined || typeof value === 'string') return undefined;
  return typeof value === 'number' ? [value] : value;
}

export function sameNumbers(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((value, i) => value === b?.[i]);
}
