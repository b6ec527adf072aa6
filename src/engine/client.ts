import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Failure, NoCalls, Peer, Transport } from '../protocol/contract';
import type { EngineContract } from '../protocol/engineContract';
import { connect } from '../protocol/pump';
import { ipcTransport } from './ipcTransport';
import { runtimeEnvironment } from './runtimeEnvironment';
import type { RuntimeOptions } from './runtimes/openRuntime';

/** The engine process as its user sees it. It starts with the first call, and again with the first one after its end. */
export interface EngineClient {
  readonly peer: Peer<EngineContract>;
  /** Of the running process. */
  readonly pid: () => number | undefined;
  /** Ends the running process, if any, and starts another. */
  readonly restart: () => Promise<void>;
  readonly dispose: () => void;
}

export interface EngineClientOptions extends RuntimeOptions {
  /** The engine's bundle. */
  readonly entry: string;
  /** A process that answers nothing for so long is ended. */
  readonly hangSeconds: number;
  /** What the process writes to its standard error, line by line. */
  readonly log: (line: string) => void;
  /** The process is gone without having been asked to. */
  readonly onDown: (failure: Failure) => void;
}

/** Nobody waits for a worker's single answers, and all cores are busy. */
const WORKER_HANG_SECONDS = 120;

interface Running {
  readonly child: ChildProcess;
  readonly peer: Peer<EngineContract>;
  readonly end: (reason: string) => void;
}

/** All that a Node process and the native libraries need; nothing else of the editor's environment reaches the engine. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot', 'LD_LIBRARY_PATH', 'TZ', 'NODE_EXTRA_CA_CERTS']; // prettier-ignore

/** A computer that sleeps for an hour misses one tick of a clock, not an hour's: it must not look like a hang. */
const TICKS = 4;

/** Prepares an engine process: watched, restarted on demand, every call answered also when it dies. */
export function startEngine(options: EngineClientOptions): EngineClient {
  let running: Running | undefined;
  let disposed = false;

  const start = (): Running => {
    const started = startProcess(options, (reason, expected) => {
      if (running === started) running = undefined;
      if (!expected) options.onDown(gone(reason));
    });
    return started;
  };
  const call: Peer<EngineContract>['call'] = (method, params, callOptions) => {
    if (disposed) return Promise.resolve({ ok: false, failure: gone('The engine was shut down.') });
    running ??= start();
    return running.peer.call(method, params, callOptions);
  };
  const end = (reason: string) => {
    running?.end(reason);
    running = undefined;
  };
  return {
    peer: { call },
    pid: () => running?.child.pid,
    restart: async () => {
      end('The engine was restarted.');
      await call('ping', null);
    },
    dispose: () => {
      disposed = true;
      end('The engine was shut down.');
    },
  };
}

/** A process that takes part in a scan and says nothing: what becomes of its calls tells how it is. */
export function startWorker(options: RuntimeOptions & Pick<EngineClientOptions, 'entry'>): EngineClient {
  const silent = () => undefined;
  return startEngine({ ...options, hangSeconds: WORKER_HANG_SECONDS, log: silent, onDown: silent });
}

function startProcess(
  options: EngineClientOptions,
  ended: (reason: string, expected: boolean) => void,
): Running {
  const child = fork(options.entry, [], {
    serialization: 'advanced',
    // Relative names inside the engine must never resolve in the user's workspace.
    cwd: path.dirname(options.entry),
    env: environment(options),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout!, child.stderr!]) createInterface(stream).on('line', options.log);

  let close: (reason: string) => void = () => undefined;
  let open = true;
  const finish = (reason: string, expected: boolean) => {
    if (!open) return;
    open = false;
    close(reason);
    ended(reason, expected);
  };
  // The end of the process says more than the end of its channel, which comes first.
  const transport: Transport = { ...ipcTransport(child), onClose: (listener) => (close = listener) };
  const direct = connect<NoCalls, EngineContract>(transport, {});
  child.once('error', (error) =>
    finish(`The engine process could not be started (${error.message}).`, false),
  );
  child.once('exit', (code, signal) => finish(describeExit(code, signal), false));

  const end = (reason: string, expected: boolean) => {
    finish(reason, expected);
    // Not SIGTERM: a process inside a native call would finish that first.
    child.kill('SIGKILL');
  };
  const peer = watched(direct, options.hangSeconds, () => {
    end(`The engine did not answer for ${options.hangSeconds} seconds and was ended.`, false);
  });
  return { child, peer, end: (reason) => end(reason, true) };
}

/** Pings the engine while calls are pending; `hung` is called when a ping stays unanswered for too long. */
function watched(peer: Peer<EngineContract>, hangSeconds: number, hung: () => void): Peer<EngineContract> {
  let pending = 0;
  let watching = false;
  const watch = async () => {
    if (watching) return;
    watching = true;
    while (pending > 0) {
      let ticks = 0;
      const patience = setInterval(
        () => {
          if (++ticks === TICKS) hung();
        },
        (hangSeconds * 1000) / TICKS,
      );
      await peer.call('ping', null);
      clearInterval(patience);
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000, hangSeconds * 250)).unref());
    }
    watching = false;
  };
  return {
    async call(method, params, callOptions) {
      pending++;
      void watch();
      try {
        return await peer.call(method, params, callOptions);
      } finally {
        pending--;
      }
    },
  };
}

function environment(options: RuntimeOptions): NodeJS.ProcessEnv {
  const kept = ENVIRONMENT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...runtimeEnvironment(options), ELECTRON_RUN_AS_NODE: '1' };
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal === null ? `exit code ${code}` : signal;
  return `The engine process ended unexpectedly (${how}).`;
}

function gone(reason: string): Failure {
  return {
    kind: 'gone',
    code: 'gone',
    message: reason,
    hint: 'It starts again with the next request. See the log for what happened.',
  };
}
