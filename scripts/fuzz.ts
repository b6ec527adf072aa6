// `npm run fuzz -- [graphs] [seed]`: the random differential test with many graphs, another seed each time.
// What it finds is shrunk and printed; kept, it belongs into test/fixtures/randomGraphs.json.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [graphs = '3000', seed = String(Date.now() % 1e6)] = process.argv.slice(2);
console.log(`${graphs} graphs, seed ${seed}`);
const child = spawn('npx', ['vitest', 'run', 'test/unit/deconvnet/randomGraphs.test.ts'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, FUZZ_GRAPHS: graphs, FUZZ_SEED: seed },
});
const [exitCode] = (await once(child, 'exit')) as [number | null];
process.exitCode = exitCode ?? 1;
