import { codeMismatches } from '../../core/diagnose/codeMismatches';
import type { Finding } from '../../core/diagnose/finding';
import { placeFindings, type Problem } from '../../core/diagnose/placeFindings';
import type { ModelSummary } from '../../protocol/model';
import type { IndexedDocument } from '../codeIndex';
import type { ShownModel } from './shownModels';

export interface CollectedProblems {
  readonly documents: readonly {
    readonly document: IndexedDocument;
    readonly problems: readonly Problem[];
  }[];
  /** What no line of an open document defines, by the path of the model. */
  readonly models: ReadonlyMap<string, readonly Finding[]>;
}

/** All that is found about the models that code is matched with or panels show, where it belongs. */
export function collectProblems(
  documents: readonly IndexedDocument[],
  shown: readonly ShownModel[],
  weightsOf: (model: ModelSummary) => readonly Finding[],
): CollectedProblems {
  const findings = new Map<string, readonly Finding[]>();
  const findingsOf = (model: ModelSummary) => {
    const activities = shown.find(({ summary }) => summary.path === model.path)?.findings ?? [];
    const all = findings.get(model.path) ?? [...weightsOf(model), ...activities];
    findings.set(model.path, all);
    return all;
  };
  const defined = new Map<string, Set<string>>();
  const placed = documents.flatMap((document) => {
    const { model, match } = document;
    if (!model || !match) return [];
    const labels = defined.get(model.path) ?? new Set();
    defined.set(model.path, labels);
    for (const { layer } of match.layers) labels.add(layer);
    const own = [...codeMismatches(match), ...findingsOf(model)];
    return [{ document, problems: placeFindings(own, match) }];
  });
  for (const { summary } of shown) findingsOf(summary);
  return {
    documents: placed,
    models: new Map(
      [...findings].map(([path, all]) => [path, all.filter(({ layer }) => !defined.get(path)?.has(layer))]),
    ),
  };
}
