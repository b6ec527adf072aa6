import type { ScanProblem } from '../../src/protocol/topActivations';
import { element, type Component } from './element';
import { createFoldedList } from './foldedList';
import { sharedStrings } from './strings';

/** What of a folder of pictures could not be read, each with its reason. */
export function createProblemList(): Component<readonly ScanProblem[]> {
  const list = createFoldedList('problems');
  let shown: readonly ScanProblem[] | undefined;
  return {
    element: list.element,
    update: (problems) => {
      if (shown === problems) return;
      shown = problems;
      const rows = problems.map(({ path, problem }) => element('span', { title: path }, problem));
      list.update(sharedStrings.problems(rows.length), rows);
    },
  };
}
