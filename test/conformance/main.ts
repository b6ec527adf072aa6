// Counts the nodes of every architecture that can be had here and writes CONFORMANCE.md: npm run conformance
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { countsOf, type Row } from './row';
import { built, exported, published } from './subjects';
import { renderTable } from './table';

const root = path.resolve(import.meta.dirname, '../..');
/** Exports take minutes: they are kept, and made anew when the folder is gone. */
const exportsFolder = path.join(root, 'out/torchvision');
const script = path.join(root, 'test/golden/torchvision/make.py');

if (!existsSync(exportsFolder)) {
  const { status } = spawnSync('/usr/bin/python3', [script, exportsFolder], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The exports need Debian python3-torch and python3-torchvision.');
}
const rows: Row[] = [];
for (const { model, source, graph } of [...built(), ...exported(exportsFolder), ...published()])
  rows.push({ model, source, ...(await countsOf(graph())) });
const introduction = `# Conformance

Written by \`npm run conformance\`. **Nodes** are those of the file; **exact**, **approximate** and **refused** are the nodes
between the class scores, or the last layer, and the pixels, by the deconvnet.
`;
writeFileSync(path.join(root, 'CONFORMANCE.md'), `${introduction}\n${renderTable(rows)}`);
