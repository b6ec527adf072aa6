import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { smallNet } from '../support/smallNet';
import { cliSubject } from './cliSubject';
import { writeNoise } from './indexes';
import { writeModel } from './support';

const { folder, file, entry, run } = cliSubject();

it('one picture through a network with one output is counted as one', async () => {
  writeModel(file('one.onnx'), smallNet({ classes: 1 }));
  await writeNoise(file('set', 'a.png'), 1);
  const { status, stdout, stderr } = await run('top', '--model', 'one.onnx', '--images', 'set', '--out', 'i');
  expect([status, stderr]).toEqual([0, expect.not.stringMatching(/\b1 [a-z]+s\b/)]);
  expect(stdout).toMatch(/^fc4 {2}1 map, [01] inactive$/m);
  expect(stdout).toContain('1 image: 1 new, 0 changed, 0 gone; 0 could not be read');
});

it.skipIf(process.platform === 'win32')(
  'a scan that is told to stop leaves nothing but its index, and goes on where it was',
  async () => {
    for (let i = 0; i < 200; i++) await writeNoise(file('many', `${i}.png`), i);
    const scan = ['top', '--model', 'small.onnx', '--images', 'many', '--out', 'stopped'];
    const stopped = spawn(process.execPath, [entry(), ...scan], { cwd: folder });
    let said = '';
    stopped.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const exit = once(stopped, 'exit');
    while (!existsSync(file('stopped'))) await delay(5);
    stopped.kill('SIGINT');
    expect(await exit).toEqual([1, null]);
    expect(said).toBe(
      `The scan was stopped; ${file('stopped')} keeps what was found. Run it again with the same --out: it goes on where it was.\n`,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual(['stopped']);
    expect(await run(...scan)).toMatchObject({ status: 0, stdout: expect.stringContaining('200 images: ') as string }); // prettier-ignore
  },
);

it('a layer that is named twice is looked at once', async () => {
  await writeNoise(file('set', 'a.png'), 1);
  const scan = ['top', '--model', 'small.onnx', '--images', 'set', '--out', 'once'];
  const { stdout } = await run(...scan, '--layers', 'conv1, conv2,conv1');
  expect(stdout.match(/^conv\d/gm)).toEqual(['conv1', 'conv2']);
});

it.each([
  ['--k', '0'],
  ['--k', '5001'],
  ['--per-image', '5001'],
])('%s %s is refused before anything is computed', async (option, count) => {
  const { status, stderr } = await run('top', '--images', 'set', '--out', 'never', option, count);
  expect([status, stderr]).toEqual([2, expect.stringContaining('Expected a whole number from 1')]);
  expect(existsSync(file('never'))).toBe(false);
});
