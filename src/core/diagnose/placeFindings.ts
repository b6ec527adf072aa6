import type { LayerDefinition, SourceRange } from '../source/definition';
import type { LayerMatch, SourceMatch } from '../source/match';
import type { Finding } from './finding';
import { literalFix, saidOf, sameNumbers, type LiteralFix } from './literalFix';

/** What is found about the layers that one definition makes. */
export interface Problem extends Pick<Finding, 'code' | 'severity' | 'message' | 'why'> {
  readonly definition: LayerDefinition;
  /** Of the number that it is about, else of the definition. */
  readonly range: SourceRange;
  readonly fix: LiteralFix | null;
}

/** Other layers of a line are named, up to so many. */
const mostNamed = 3;

/**
 * Findings at the lines that define their layers. A definition that makes several layers has one problem of each kind, with the
 * numbers of the first. Where the code already says what a finding asks for, only the mismatch with the model is left; findings about
 * layers that no line defines have no place.
 */
export function placeFindings(findings: readonly Finding[], { layers }: SourceMatch): Problem[] {
  const matches = new Map(layers.map((match) => [match.layer, match]));
  const alike = new Map<LayerDefinition, Map<string, Placed[]>>();
  for (const finding of findings) {
    const match = matches.get(finding.layer);
    if (match === undefined || isAnswered(finding, match)) continue;
    const kind = finding.code === 'code-mismatch' ? `${finding.code} ${finding.fix?.argument}` : finding.code;
    const groups = alike.get(match.definition) ?? new Map<string, Placed[]>();
    alike.set(match.definition, groups.set(kind, [...(groups.get(kind) ?? []), { finding, match }]));
  }
  return [...alike].flatMap(([definition, groups]) =>
    [...groups.values()].map((placed) => problemOf(definition, placed)),
  );
}

interface Placed {
  readonly finding: Finding;
  readonly match: LayerMatch;
}

function isAnswered({ code, fix }: Finding, { use }: LayerMatch): boolean {
  return (
    code !== 'code-mismatch' && fix !== null && sameNumbers(saidOf(use.arguments, fix.argument), fix.value)
  );
}

function problemOf(definition: LayerDefinition, placed: readonly Placed[]): Problem {
  const [{ finding }, ...others] = placed as readonly [Placed, ...Placed[]];
  const { code, severity, message, why } = finding;
  const fix = commonFix(definition, placed);
  const range = (finding.fix && definition.literals[finding.fix.argument]) ?? definition.range;
  return { code, severity, message: message + likewise(others), why, definition, range, fix };
}

function likewise(others: readonly Placed[]): string {
  if (others.length === 0) return '';
  const named = others.slice(0, mostNamed).map(({ finding }) => finding.layer);
  const rest = others.length - named.length;
  return ` Likewise: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

/** `null` where the layers of the definition ask for different numbers, or no number stands there. */
function commonFix(definition: LayerDefinition, placed: readonly Placed[]): LiteralFix | null {
  const [first, ...others] = placed.map(({ finding, match }) => literalFix(definition, finding, match));
  const agree = others.every(
    (other) =>
      sameNumbers(other?.value, first?.value) && sameNumbers(other?.padding?.value, first?.padding?.value),
  );
  return agree ? (first ?? null) : null;
}
