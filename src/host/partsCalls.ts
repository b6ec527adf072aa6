import path from 'node:path';
import { fileNotFound } from '../core/errors';
import { addParts, changeParts } from '../core/formats/partChanges';
import { formatParts, PARTS_NAME } from '../core/formats/parts';
import type { Handlers } from '../protocol/contract';
import type { PanelHostContract, PanelSubject } from '../protocol/panelContract';
import { recordOf } from './checks';
import { checkedImage } from './panelRequests';
import type { PartsFiles } from './partsFiles';
import { checkedPartsChange } from './partsRequests';

export interface PartsCallsOptions {
  readonly subject: () => PanelSubject;
  readonly files: PartsFiles;
  /** Asks for a file with annotations; `undefined` where the user dismissed the question. */
  readonly choose: (folder: string) => Promise<string | undefined>;
}

/** The annotations beside a picture. */
export function partsPath(image: string): string {
  return path.join(path.dirname(image), PARTS_NAME);
}

/** What a panel may do with the annotations of its pictures: those beside them, and no others. */
export function partsCalls({
  subject,
  files,
  choose,
}: PartsCallsOptions): Pick<Handlers<PanelHostContract>, 'readParts' | 'changeParts' | 'importParts'> {
  const partsOf = (params: unknown) => partsPath(checkedImage(params, subject()));
  return {
    readParts: async (params) => {
      const parts = await files.read(partsOf(params));
      return { text: parts && formatParts(parts) };
    },
    changeParts: async (params) => {
      const change = checkedPartsChange(recordOf(params).change);
      return { text: formatParts(await files.change(partsOf(params), (now) => changeParts(now, change))) };
    },
    importParts: async (params) => {
      const file = partsOf(params);
      const chosen = await choose(path.dirname(file));
      if (chosen === undefined) return null;
      const others = await files.read(chosen);
      if (!others) throw fileNotFound(chosen);
      return { text: formatParts(await files.change(file, (now) => addParts(now, others))) };
    },
  };
}
