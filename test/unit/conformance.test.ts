import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countsOf } from '../conformance/row';
import { built, exported, published } from '../conformance/subjects';
import { systems } from '../conformance/systems';
import { countCells, parseTable, renderSystems } from '../conformance/table';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'CONFORMANCE.md'), 'utf8');
const table = parseTable(text);
const goldens = path.join(root, 'test/golden/torchvision');

it.each([...built(), ...exported(goldens), ...published()])(
  'CONFORMANCE.md says what npm run conformance counts: $model',
  async ({ model, graph }) => {
    expect(table.get(model)?.counts).toEqual(countCells(await countsOf(graph())));
  },
);

it('every definition of torchvision that is exported has its lines', () => {
  const definitions = readFileSync(path.join(goldens, 'architectures.py'), 'utf8').split('ARCHITECTURES = {')[1]!; // prettier-ignore
  const names = [...definitions.matchAll(/^ {4}"(\w+)":/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect([...table.keys()]).toContain(name);
});

it.each(['vision_transformer', 'vision_transformer, every node kept'])(
  '%s is refused, with the node and the reason',
  (model) => {
    const { counts, projected } = table.get(model)!;
    expect(Number(counts.at(-1))).toBeGreaterThan(0);
    expect(projected).toBeLessThan(Number(counts[1]));
    expect(text).toMatch(new RegExp(`^\\* ${model}: \\w+ ".+": .+`, 'm'));
  },
);

describe('the sixteen systems', () => {
  it('are all there', () => expect(Object.keys(systems)).toHaveLength(16));

  it.each(Object.entries(systems))('%s projects in every model that stands for it', (_system, models) => {
    for (const model of models) {
      const line = table.get(model);
      expect(line, model).toBeDefined();
      const [, layers, , , refused] = line!.counts;
      expect(refused, model).toBe('0');
      expect(line!.projected, model).toBe(Number(layers));
    }
  });

  it('are in the README with the figures of the table', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    expect(readme).toContain(
      `<!-- conformance:start -->\n\n${renderSystems(table)}\n\n<!-- conformance:end -->`,
    );
  });
});

it('every model is measured, and differs from PyTorch by rounding alone', () => {
  expect(table.size).toBeGreaterThan(90);
  for (const [model, { projected, difference, milliseconds }] of table) {
    if (projected === 0) continue;
    expect(difference, model).toBeLessThan(1e-4);
    expect(milliseconds, model).toBeGreaterThan(0);
  }
});
