import type * as vscode from 'vscode';
import type { Contract, Handlers } from '../../protocol/contract';
import type {
  DataSetHostContract,
  DataSetPanelName,
  DataSetSubject,
  FoundUnit,
} from '../../protocol/dataSetContract';
import type { Engine } from '../engine';
import type { ResultMemory } from '../resultMemory';
import type { TopIndexes } from './topIndexes';
import type { TopScans } from './topScans';

/** What a panel's buttons do outside of it. They tell the user themselves what went wrong, all but `saveFile`. */
export interface DataSetActions {
  /** Shows a unit in the panel of layers; the image's path is absolute. */
  readonly openUnit: (model: string, unit: FoundUnit) => Promise<void>;
  readonly saveFile: (
    file: { readonly name: string; readonly content: Uint8Array },
    folder: string,
  ) => Promise<{ readonly path: string } | null>;
  readonly restartEngine: () => Promise<void>;
  readonly showLog: () => void;
}

export interface DataSetPanelOptions {
  readonly name: DataSetPanelName;
  readonly subject: DataSetSubject;
  readonly assets: vscode.Uri;
  readonly engine: Engine;
  readonly indexes: TopIndexes;
  readonly scans: TopScans;
  /** A folder for features that were extracted. */
  readonly featureStores: string;
  readonly results: ResultMemory;
  /** Throws where a model, or a folder of models, may not be opened now. */
  readonly assertMayOpen: (model: string) => void;
  readonly actions: DataSetActions;
}

/** The calls that all views about data sets make. */
export type CommonCalls = Handlers<DataSetHostContract>;

/** Those of one kind. */
export interface DataSetCalls<C extends Contract<C>> {
  readonly handlers: Omit<Handlers<C>, keyof DataSetHostContract>;
  /** The panel was closed: ends what runs in the background for it alone. */
  readonly leave: () => void;
  /** Ends what runs in the background. */
  readonly stop: () => void;
}
