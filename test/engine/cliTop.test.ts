import { expect, it } from 'vitest';
import { smallNet } from '../support/smallNet';
import { cliSubject } from './cliSubject';
import { writeNoise } from './indexes';
import { writeModel } from './support';

const { file, run } = cliSubject();

it('one picture through a network with one output is counted as one', async () => {
  writeModel(file('one.onnx'), smallNet({ classes: 1 }));
  await writeNoise(file('set', 'a.png'), 1);
  const { status, stdout, stderr } = await run('top', '--model', 'one.onnx', '--images', 'set', '--out', 'i');
  expect([status, stderr]).toEqual([0, expect.not.stringMatching(/\b1 [a-z]+s\b/)]);
  expect(stdout).toMatch(/^fc4 {2}1 map, [01] inactive$/m);
  expect(stdout).toContain('1 image: 1 new, 0 changed, 0 gone; 0 could not be read');
});
