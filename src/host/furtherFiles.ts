import type { Outcome } from '../protocol/contract';
import type { ModelSummary } from '../protocol/model';

/** The files beside a model that were read to open it, or are missing: where one changes, opening it again gives something else. */
export function furtherFilesOf(opening: Outcome<ModelSummary>): readonly string[] {
  return opening.ok ? opening.value.furtherFiles : (opening.failure.files ?? []);
}
