import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliSubject } from './cliSubject';

const { folder, run } = cliSubject();

describe('exit status', () => {
  const project = (...args: string[]) => ['project', '--model', 'small.onnx', '--out', 'out', ...args];
  const ready = ['--image', 'waves.png', '--layer', 'conv1', '--map', '0'];

  it.each([
    ['a missing model', ['layers', '--model', 'nowhere.onnx'], 'nowhere.onnx'],
    ['no model at all', ['layers'], 'no bundled model'],
    ['a missing image', project('--image', 'no.png', '--layer', 'conv1', '--map', '0'), 'no.png'],
    ['a missing input', project('--input', 'no.npy', '--layer', 'conv1', '--map', '0'), 'no.npy'],
    [
      'an input that is no array',
      project('--input', 'waves.png', '--layer', 'conv1', '--map', '0'),
      'waves.png',
    ],
    [
      'an input that is a folder',
      project('--input', '.', '--layer', 'conv1', '--map', '0'),
      'cannot be read',
    ],
    ['an unknown layer', project('--image', 'waves.png', '--layer', 'conv9', '--map', '0'), 'conv9'],
    [
      'an unknown layer of filters',
      ['filters', '--model', 'small.onnx', '--layer', 'c', '--out', 'out'],
      '"c"',
    ],
    ['an unknown map', project('--image', 'waves.png', '--layer', 'conv1', '--map', '99'), '99'],
    ['an unknown position', project(...ready, '--at', '0,99'), '0,99'],
    [
      'a folder that cannot be made',
      [...project(...ready).slice(0, 3), '--out', 'waves.png/out', ...ready],
      'waves.png',
    ],
  ])('is 1 with one line on stderr for %s', async (_, args, named) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(named);
  });

  it.each([
    ['an unknown command', ['explain']],
    ['an unknown option', ['layers', '--modle', 'x']],
    ['no command', []],
    ['neither image nor input', project('--layer', 'conv1', '--map', '0')],
    ['both image and input', project(...ready, '--input', 'x.npy')],
    ['neither map nor top', project('--image', 'waves.png', '--layer', 'conv1')],
    ['both map and top', project(...ready, '--top', '3')],
    ['no layer', project('--image', 'waves.png', '--map', '0')],
    ['a map that is no number', project('--image', 'waves.png', '--layer', 'conv1', '--map', 'x')],
    ['a position of one number', project(...ready, '--at', '5')],
    ['a folder without a name', ['project', '--model', 'small.onnx', ...ready, '--out', '']],
    ['a model without a name', ['layers', '--model', '']],
    ['no maps to visualize', ['visualize', '--image', 'waves.png', '--out', 'x.html', '--top', '0']],
    ['an unknown method', project(...ready, '--method', 'magic')],
    ['no layer of filters', ['filters', '--model', 'small.onnx', '--out', 'out']],
    ['an unknown scale', ['filters', '--layer', 'conv1', '--out', 'out', '--scale', 'huge']],
    ['no image to visualize', ['visualize', '--out', 'x.html']],
  ])('is 2 for %s', async (_, args) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  it('is 0 for help', async () => {
    const { status, stdout } = await run('project', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--layer');
  });

  it('leaves nothing behind where it is not 0', () => {
    expect(readdirSync(folder)).not.toContain('out');
  });
});
