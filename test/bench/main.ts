// Measures the engine as a panel uses it and writes the figures into the README: npm run bench
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { measureModel, type Subject } from './measure';
import { benchmarks, root, writeImage } from './models';
import { report } from './readme';
import { measureTorch } from './torch';
import { renderTables, type Row } from './tables';

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-bench-'));
try {
  const rows: Row[] = [];
  for (const benchmark of benchmarks(folder)) {
    console.error(`${benchmark.name} …`);
    const subject: Subject = { model: benchmark.model, image: await writeImage(folder) };
    const measured = await measureModel(path.join(root, 'dist/engine.js'), subject, benchmark.layers);
    const torch = measureTorch(path.join(root, 'test/bench/torch_projection.py'), benchmark);
    rows.push({ name: benchmark.name, layers: benchmark.layers, measured, torch });
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  report('bench', renderTables(rows, machine));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
