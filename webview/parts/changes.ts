import { UserError } from '../../src/core/errors';
import { changeParts, inverseChange, type PartsChange } from '../../src/core/formats/partChanges';
import { parseParts, PARTS_NAME } from '../../src/core/formats/parts';
import type { Peer } from '../../src/protocol/contract';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import type { StateAccess } from './state';

const MOST_UNDONE = 200;

/** Makes a change here and in the file, and remembers the way back; false where it cannot be made. */
export type MakeChange = (change: PartsChange) => boolean;

export function createChanger(host: Peer<PanelHostContract>, { get, set, fail }: StateAccess): MakeChange {
  let saving = 0;
  const save = async (image: string, change: PartsChange) => {
    saving++;
    const outcome = await host.call('changeParts', { image, change });
    saving--;
    if (!outcome.ok) return fail(outcome.failure);
    // Others may have changed the file, too; while more is on its way the answer is older than what is shown.
    if (saving === 0) set({ parts: parseParts(outcome.value.text, PARTS_NAME) });
  };
  return (change) => {
    const { subject, parts, undo, phase } = get();
    if (!subject || phase === 'failed') return false;
    try {
      const back = inverseChange(parts, change);
      set({ parts: changeParts(parts, change), undo: [...undo, back].slice(-MOST_UNDONE), notice: '' });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      set({ notice: error.message });
      return false;
    }
    void save(subject.image, change);
    return true;
  };
}
