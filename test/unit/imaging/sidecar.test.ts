import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { parseSidecar } from '../../../src/core/formats/sidecar';

const parse = (content: unknown) => parseSidecar(JSON.stringify(content), 'cat.switchback.json');

function failure(text: string): UserError {
  try {
    parseSidecar(text, 'cat.switchback.json');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a sidecar', () => {
  it('is read as the documentation writes it', () => {
    const preprocess = {
      resize: 256,
      crop: [224, 224],
      channels: 'BGR',
      scale: 1,
      mean: [104, 117, 123],
      std: [1, 1, 1],
    };
    expect(parse({ labels: 'labels.txt', preprocess, source: 'model.py' })).toEqual({
      labels: 'labels.txt',
      preprocess,
      source: 'model.py',
      warnings: [],
    });
  });

  it('may leave everything out', () => {
    expect(parse({})).toEqual({ labels: null, preprocess: null, source: null, warnings: [] });
    expect(parse({ preprocess: {} }).preprocess).toEqual({
      resize: null,
      crop: null,
      channels: 'RGB',
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(parse({ preprocess: { channels: 'GRAY' } }).preprocess).toMatchObject({ mean: [0], std: [1] });
  });

  it('may begin with a byte order mark and name its schema', () => {
    const { warnings } = parseSidecar('\uFEFF{"$schema": "x", "labels": ["a"]}', 'a.json');
    expect(warnings).toEqual([]);
  });

  it('warns about fields that have no effect', () => {
    const { warnings } = parse({ label: ['a'], preprocess: { means: [1, 2, 3] } });
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toContain('"label"');
    expect(warnings.join()).toContain('"preprocess.means"');
  });
});

describe('a sidecar that is wrong', () => {
  const list = (count: number) => Array<number>(count).fill(1);
  it.each([
    ['labels', { labels: 5 }],
    ['labels', { labels: ['a', 5] }],
    ['labels', { labels: '' }],
    ['labels', { labels: ['x'.repeat(2000)] }],
    ['source', { source: 5 }],
    ['source', { source: 'a\0b' }],
    ['preprocess', { preprocess: [] }],
    ['preprocess.resize', { preprocess: { resize: 0 } }],
    ['preprocess.resize', { preprocess: { resize: 1e9 } }],
    ['preprocess.resize', { preprocess: { resize: '256' } }],
    ['preprocess.crop', { preprocess: { crop: 224 } }],
    ['preprocess.crop', { preprocess: { crop: [224] } }],
    ['preprocess.crop', { preprocess: { crop: [224, 224.5] } }],
    ['preprocess.channels', { preprocess: { channels: 'CMYK' } }],
    ['preprocess.scale', { preprocess: { scale: 0 } }],
    ['preprocess.scale', { preprocess: { scale: null } }],
    ['preprocess.mean', { preprocess: { mean: list(1) } }],
    ['preprocess.mean', { preprocess: { channels: 'GRAY', mean: list(3) } }],
    ['preprocess.mean', { preprocess: { mean: [1, 2, 'x'] } }],
    ['preprocess.std', { preprocess: { std: [1, 0, 1] } }],
  ])('is refused with the name of the field %s', (field, content) => {
    const { message, hint, code } = failure(JSON.stringify(content));
    expect(message).toContain('cat.switchback.json');
    expect(message).toContain(`"${field}"`);
    expect([code, hint]).not.toContain('');
  });

  it.each(['', '{', 'null', '[]', '7', '"text"', '{"a":1,}'])('is refused as a whole: %j', (text) => {
    expect(failure(text).message).toMatch(/^cat\.switchback\.json: the file /);
  });

  it('may try to reach the prototype in vain', () => {
    const { preprocess } = parseSidecar(
      '{"__proto__": {"labels": "x"}, "preprocess": {"__proto__": {"scale": 9}}}',
      'a.json',
    );
    expect(preprocess?.scale).toBe(1);
    expect(({} as { labels?: unknown }).labels).toBeUndefined();
  });
});
