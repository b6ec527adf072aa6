import type { Failure, Peer } from '../protocol/contract';
import type { EngineContract } from '../protocol/engineContract';
import type { ExecutionProvider, RuntimeName } from '../protocol/runtimes';

/** The engine process as the host sees it. It starts with the first call. */
export interface Engine {
  readonly peer: Peer<EngineContract>;
  /** Of the running process, for the log and for tests. */
  readonly pid: () => number | undefined;
  /** Ends the running process, if any, and starts another. */
  readonly restart: () => Promise<void>;
  readonly dispose: () => void;
}

export interface EngineOptions {
  /** The engine's bundle. */
  readonly entry: string;
  readonly runtime: RuntimeName;
  readonly provider: ExecutionProvider;
  /** 0 lets the runtime decide. */
  readonly threads: number;
  /** A process that answers nothing for so long is ended. */
  readonly hangSeconds: number;
  readonly log: (line: string) => void;
  /** The process is gone without having been asked to. */
  readonly onDown: (failure: Failure) => void;
}

/** Makes an engine from options; `src/engine/client.ts` has the one that forks a process. */
export type StartEngine = (options: EngineOptions) => Engine;

export interface ConfigurableEngine extends Engine {
  /** Takes the options as they are now, where they changed: with a new process, and true as the answer. */
  readonly reconfigure: () => boolean;
}

/** A process that runs goes on with these as they were. */
const decisive = ['runtime', 'provider', 'threads', 'hangSeconds'] as const;

/** One engine for the whole extension, whose options may change while it runs. */
export function configurableEngine(start: StartEngine, options: () => EngineOptions): ConfigurableEngine {
  let used = options();
  let engine = start(used);
  return {
    peer: { call: (method, params, callOptions) => engine.peer.call(method, params, callOptions) },
    pid: () => engine.pid(),
    restart: () => engine.restart(),
    reconfigure: () => {
      const wanted = options();
      if (decisive.every((option) => wanted[option] === used[option])) return false;
      engine.dispose();
      used = wanted;
      engine = start(used);
      return true;
    },
    dispose: () => engine.dispose(),
  };
}
