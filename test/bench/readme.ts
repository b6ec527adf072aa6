import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './models';

const readme = path.join(root, 'README.md');

/** Prints tables and puts them between the marks `<!-- <name>:start -->` and `<!-- <name>:end -->` of the README. */
export function report(name: string, tables: string): void {
  process.stdout.write(`${tables}\n`);
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const startMark = `<!-- ${name}:start -->`;
  const [start, end] = [text.indexOf(startMark), text.indexOf(`<!-- ${name}:end -->`)];
  if (start < 0 || end < start) {
    console.error(`README.md has no marks of "${name}": nothing written.`);
    return;
  }
  writeFileSync(readme, `${text.slice(0, start + startMark.length)}\n\n${tables}\n\n${text.slice(end)}`);
}
