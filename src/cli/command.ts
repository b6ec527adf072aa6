import type { EngineClient } from '../engine/client';
import type { Service } from '../engine/service';
import type { ExecutionProvider, RuntimeName } from '../protocol/runtimes';

/** What the commands are given beside their options. */
export interface Session {
  readonly service: Service;
  /** Starts another process with the engine; left out where there is none beside the command line. */
  readonly startWorker?: (threads: number) => EngineClient;
  /** Where the work is; shown only to people. */
  readonly progress: (line: string) => void;
}

/** What a command prints on success. */
export interface Printed {
  readonly json: unknown;
  readonly text: string;
  /** What is wrong with the model or the picture although the command succeeded, one sentence each. */
  readonly warnings: readonly string[];
}

/** What every command has. */
export interface Output {
  readonly json?: boolean;
  readonly runtime: RuntimeName;
  readonly provider: ExecutionProvider;
  /** Of one pass; one a core where left out. */
  readonly threads?: number;
}
