// A worker whose death is noticed within a second: node queueWorker.mjs <address> <model> <images>
import { parseQueueAddress } from '../../src/engine/queue/address';
import { connectQueue } from '../../src/engine/queue/connection';
import { serveQueue } from '../../src/engine/queue/serveQueue';
import { openRuntime } from '../../src/engine/runtimes/openRuntime';
import { createService } from '../../src/engine/service';

const [address, model, images] = process.argv.slice(2);
const redis = await connectQueue(parseQueueAddress(address!, undefined));
const { signal } = new AbortController();
const say = (word: string) => console.log(word);
const service = createService(openRuntime({ runtime: 'auto', provider: 'cpu', threads: 1 }));
await service.models.use(model!, (open) =>
  serveQueue(
    open,
    { redis, images: images!, lockMs: 1000, onDone: () => say('done'), onFailed: say },
    signal,
  ),
);
