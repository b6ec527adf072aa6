// Measures the engine as a panel uses it and writes the figures into the README: npm run bench
// The table with a row for every model alone: npm run bench -- models
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { everyModelTable } from './everyModel';
import { measureModel, type Subject } from './measure';
import { benchmarks, root, writeImage } from './models';
import { report } from './readme';
import { measureTorch } from './torch';
import { renderTables, type Row } from './tables';

const entry = path.join(root, 'dist/engine.js');
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
const folder = mkdtempSync(path.join(tmpdir(), 'switchback-bench-'));
try {
  if (process.argv[2] !== 'models') report('bench', renderTables(await againstTorch(), machine));
  report('models', await everyModelTable({ entry, folder, machine }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A few models in detail, and the same of PyTorch. */
async function againstTorch(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const benchmark of benchmarks(folder)) {
    console.error(`${benchmark.name} …`);
    const subject: Subject = { model: benchmark.model, image: await writeImage(folder) };
    const measured = await measureModel(entry, subject, benchmark.layers);
    const torch = measureTorch(path.join(root, 'test/bench/torch_projection.py'), benchmark);
    rows.push({ name: benchmark.name, layers: benchmark.layers, measured, torch });
  }
  return rows;
}
