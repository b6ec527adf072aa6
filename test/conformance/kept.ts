import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Measures } from './measure';
import { oracleFolder } from './oracle';
import type { Subject } from './subjects';

/** What was measured of a model before, as long as neither the model nor what measures it has changed. */
export function keptMeasures(subject: Subject, folder: string) {
  const file = path.join(folder, `${subject.model.replace(/\W+/g, '-')}.json`);
  const key = keyOf(subject);
  return {
    read(): Measures | undefined {
      if (!existsSync(file)) return undefined;
      const kept = JSON.parse(readFileSync(file, 'utf8')) as { key: string; measures: Measures };
      return kept.key === key ? kept.measures : undefined;
    },
    write(measures: Measures): void {
      writeFileSync(file, `${JSON.stringify({ key, measures })}\n`);
    },
  };
}

function keyOf(subject: Subject): string {
  const hash = createHash('sha256');
  for (const file of [process.argv[1]!, ...scripts()]) hash.update(readFileSync(file));
  hash.update(subject.bytes());
  return hash.digest('hex');
}

function scripts(): string[] {
  return readdirSync(oracleFolder)
    .filter((name) => name.endsWith('.py'))
    .map((name) => path.join(oracleFolder, name));
}
