// The engine process: everything native and everything slow, away from the extension host.
import type { NoCalls } from '../protocol/contract';
import type { EngineContract } from '../protocol/engineContract';
import { connect } from '../protocol/pump';
import { startWorker } from './client';
import { ipcTransport } from './ipcTransport';
import { scanThroughQueue } from './queue/scanThroughQueue';
import { openRuntime } from './runtimes/openRuntime';
import { createService } from './service';
import { runtimeOptions } from './runtimeEnvironment';

// What a call throws is answered there. Whatever else goes wrong must not take the other calls down.
process.on('uncaughtException', (error) => console.error(error));
process.on('unhandledRejection', (reason) => console.error(reason));
process.once('disconnect', () => process.exit());

const options = runtimeOptions(process.env);
const service = createService(openRuntime(options), {
  processes: {
    start: (threads) => startWorker({ ...options, entry: process.argv[1]!, threads }),
    threads: options.threads,
  },
  throughQueue: scanThroughQueue,
});
connect<EngineContract, NoCalls>(ipcTransport(process), service.handlers);
