import type { ArgumentName } from '../source/definition';
import type { LayerMatch, SourceMatch } from '../source/match';
import type { Finding } from './finding';

/** Where a line of code and the loaded model do not agree. The code is what the user edits, so it gets the model's numbers. */
export function codeMismatches({ layers }: SourceMatch): Finding[] {
  return layers.flatMap(({ layer, traits, mismatches }) =>
    mismatches.map((mismatch) => ({
      code: 'code-mismatch' as const,
      severity: 'warning' as const,
      layer,
      message: mismatchSentence({ traits, mismatches: [mismatch] }),
      why: 'Pictures and numbers beside this line are those of the loaded model, not of the code.',
      filters: [],
      fix: { argument: mismatch.argument, value: mismatch.model },
    })),
  );
}

/** A match without the disagreements that one of the messages begins with, as those of problems at the same place do. */
export function withoutTold(match: LayerMatch, messages: readonly string[]): LayerMatch {
  const untold = match.mismatches.filter((mismatch) => {
    const sentence = mismatchSentence({ traits: match.traits, mismatches: [mismatch] });
    return !messages.some((message) => message.startsWith(sentence));
  });
  return { ...match, mismatches: untold };
}

/** "This line says kernel 11×11, stride 4×4; the loaded model has kernel 7×7, stride 2×2: retrain it or export it again." */
export function mismatchSentence({ traits, mismatches }: Pick<LayerMatch, 'traits' | 'mismatches'>): string {
  const spoken = traits.kind === 'dense' ? { ...names, ...namesOfDense } : names;
  const numbers = (whose: 'source' | 'model') =>
    mismatches.map((mismatch) => `${spoken[mismatch.argument]} ${mismatch[whose].join('×')}`).join(', ');
  return `This line says ${numbers('source')}; the loaded model has ${numbers('model')}: retrain it or export it again.`;
}

const names: Readonly<Record<ArgumentName, string>> = {
  inChannels: 'input channels',
  outChannels: 'filters',
  kernel: 'kernel',
  stride: 'stride',
  dilation: 'dilation',
  padding: 'padding',
  groups: 'groups',
};

const namesOfDense = { inChannels: 'inputs', outChannels: 'units' };
