import type { LayerMatch } from './match';

/** One sentence on how code and model were brought together. */
export function explain(matches: readonly LayerMatch[], layers: number): string {
  const named = matches.filter(({ how }) => how === 'name').length;
  const ordered = matches.filter(({ how }) => how === 'order');
  const agreeing = ordered.filter(({ mismatches }) => mismatches.length === 0).length;
  const missing = layers - matches.length;
  const are = missing === 1 ? 'is' : 'are';
  const rest = missing === 0 ? '' : ` ${missing} of ${layers} layers ${are} defined elsewhere.`;
  const agree = agreeing === 1 || ordered.length === 1 ? 'agrees' : 'agree';
  const shapes = `${agreeing} of ${ordered.length} ${ordered.length === 1 ? 'shape' : 'shapes'} ${agree}`;
  if (matches.length === 0) return 'No line of this file defines a layer of the model.';
  if (ordered.length === 0) return `Matched by name.${rest}`;
  if (named === 0) return `Matched by order: ${shapes}.${rest}`;
  return `Matched ${named} by name and ${ordered.length} by order: ${shapes}.${rest}`;
}
