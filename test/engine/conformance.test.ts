import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newService, temporaryFolder } from './support';
import { measure } from '../conformance/measure';
import { openOracle, python } from '../conformance/oracle';
import { built, exported, type Subject } from '../conformance/subjects';
import { parseTable } from '../conformance/table';

const root = path.join(import.meta.dirname, '../..');
const table = parseTable(readFileSync(path.join(root, 'CONFORMANCE.md'), 'utf8'));
const service = newService();
const oracle = openOracle();
const folder = temporaryFolder();

afterAll(() => oracle.close());

/** What another machine's rounding may make of a difference. */
const elsewhere = 10;

async function expectLineOf(subject: Subject): Promise<void> {
  const line = table.get(subject.model)!;
  const { projected, difference } = await measure(subject, { service, oracle, folder });
  expect(projected).toBe(line.projected);
  expect(difference).toBeLessThan(Math.min(1e-4, elsewhere * line.difference));
}

describe('CONFORMANCE.md holds against PyTorch, for', () => {
  it.each(exported(path.join(root, 'test/golden/torchvision')))('$model', expectLineOf);
});

/** One of every kind: groups, branches, averages over padding, gates, maps that are kept last. */
const interpreted = ['AlexNet, two groups', 'GoogLeNet', 'NASNet cells', 'SENet', 'ConvNeXt blocks'];
const hasPyTorch = spawnSync(python, ['-c', 'import onnx, torch']).status === 0;
if (!hasPyTorch) console.warn('skipped: tests that need python3-torch and python3-onnx');

describe.runIf(hasPyTorch)('CONFORMANCE.md holds against the interpreter in float64, for', () => {
  it.each(built().filter(({ model }) => interpreted.includes(model)))('$model', expectLineOf);
});
