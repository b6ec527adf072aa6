import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Sizes put together with the letter: `join('x')`, `${height} x ${width}`, `11x11 filters`. */
const withLetter = /join\(' ?x ?'\)|} ?x ?\$\{|\b[1-9]\d*x\d+\b/;

/** What people type in a terminal, and the names of files, which may not hold any sign. */
const typed = /new Option\(|InvalidArgumentError\(|const at = /;

test('sizes are shown with the sign for times, as in 7×7', () => {
  const found = ['src', 'webview', 'media/findings.md'].flatMap(linesOf).filter(({ text }) => {
    return withLetter.test(text) && !typed.test(text) && !/^\s*(\/\/|\/?\*)/.test(text);
  });
  expect(found).toEqual([]);
});

function linesOf(place: string): { readonly file: string; readonly text: string }[] {
  const files = place.endsWith('.md')
    ? [place]
    : readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => path.join(place, name));
  return files.flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .map((text) => ({ file, text })),
  );
}
