// Counts, projects and compares every architecture that can be had here, and writes CONFORMANCE.md and the README's table:
// npm run conformance -- [part of a model's name]. What was measured is kept, so that a run that was broken off goes on;
// npm run conformance -- --again measures everything anew, as on a machine that has come to rest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { keptMeasures } from './kept';
import { measure } from './measure';
import { openOracle, python } from './oracle';
import { countsOf, type Row } from './row';
import { built, exported, published } from './subjects';
import { parseTable, renderSystems, renderTable } from './table';
import { createService } from '../../src/engine/service';
import { openRuntime } from '../../src/engine/runtimes/openRuntime';
import { report } from '../bench/readme';

const root = path.resolve(import.meta.dirname, '../..');
const exportsFolder = path.join(root, 'out/torchvision');
const workFolder = path.join(root, 'out/conformance');
const script = path.join(root, 'test/golden/torchvision/make.py');
const { values: options, positionals } = parseArgs({
  options: { again: { type: 'boolean' } },
  allowPositionals: true,
});
const [wanted = ''] = positionals;

const { status } = spawnSync(python, [script, exportsFolder, '--missing'], { stdio: 'inherit' });
if (status !== 0) throw new Error('This needs Debian python3-torch, python3-torchvision and python3-onnx.');
mkdirSync(workFolder, { recursive: true });
const service = createService(openRuntime({ runtime: 'auto', provider: 'cpu', threads: 0 }));
const oracle = openOracle();
const rows: Row[] = [];
let missing = 0;
for (const subject of [...built(), ...exported(exportsFolder), ...published()]) {
  const kept = keptMeasures(subject, workFolder);
  const isWanted = subject.model.includes(wanted);
  let measures = options.again === true && isWanted ? undefined : kept.read();
  if (measures === undefined && isWanted) {
    const start = performance.now();
    measures = await measure(subject, { service, oracle, folder: workFolder });
    kept.write(measures);
    const { difference, milliseconds } = measures;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${subject.model}: ${difference?.toExponential(0)}, ${milliseconds?.toFixed(1)} ms, took ${seconds} s`); // prettier-ignore
  }
  if (measures === undefined) missing++;
  else rows.push({ model: subject.model, source: subject.source, ...(await countsOf(subject.graph())), ...measures }); // prettier-ignore
}
oracle.close();
if (missing > 0) {
  console.log(`${missing} models are not measured yet: nothing written.`);
} else {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores with ${rows[0]!.runtime}`;
  const introduction = `# Conformance

Written by \`npm run conformance\` on ${machine}.

- **Nodes** are those of the file; **exact**, **approximate** and **refused** are the nodes between the class scores, or the last layer, and
  the pixels, by the deconvnet.
- **Projected** are the layers of which a unit was projected: all but those behind a node that refuses.
- The **largest difference** is to PyTorch, of four units from the first layer to the last, as part of a picture's largest value. For
  torchvision the rules are hooks on its own modules ([make.py](test/golden/torchvision/make.py)); other files are interpreted node
  by node in float64 ([oracle](test/conformance/oracle/main.py)), which takes the switches of the recording once it has found each
  to be the maximum of its window but for a part of 1e-5.
- **ms a projection** is the mean over the strongest unit of every layer, one after another.
`;
  const table = `${introduction}\n${renderTable(rows)}`;
  writeFileSync(path.join(root, 'CONFORMANCE.md'), table);
  report('conformance', renderSystems(parseTable(table)));
}
