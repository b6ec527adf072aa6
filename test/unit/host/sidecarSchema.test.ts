import Ajv from 'ajv';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSidecar } from '../../../src/core/formats/sidecar';

const root = path.resolve(import.meta.dirname, '../../..');
const schema = JSON.parse(readFileSync(path.join(root, 'media/schema/sidecar.schema.json'), 'utf8')) as {
  readonly defaultSnippets: readonly { readonly body: unknown }[];
};

const ajv = new Ajv({ strict: false, allErrors: true });
const matches = ajv.compile(schema);

/** Whether the code that reads sidecars accepts one, unknown fields included. */
function parses(content: unknown): boolean {
  try {
    return parseSidecar(JSON.stringify(content), 'x.switchback.json').warnings.length === 0;
  } catch {
    return false;
  }
}

const good: readonly (readonly [string, unknown])[] = [
  ['an empty object', {}],
  ['a schema address', { $schema: 'https://example.org/x.json' }],
  ['labels in a file', { labels: 'labels.txt' }],
  ['labels as a list', { labels: ['cat', 'dog'] }],
  ['no labels', { labels: [] }],
  ['a source', { source: 'model.py' }],
  ['an empty preprocessing', { preprocess: {} }],
  ['grey', { preprocess: { channels: 'GRAY', mean: [127.5], std: [127.5] } }],
  ['a flat crop', { preprocess: { resize: 48, crop: [48, 192] } }],
  ['a negative scale', { preprocess: { scale: -1 } }],
  ['three channels by default', { preprocess: { mean: [1, 2, 3], std: [1, 1, 1] } }],
];

const bad: readonly (readonly [string, unknown])[] = [
  ['a list', []],
  ['a number', 3],
  ['an unknown field', { label: 'x' }],
  ['an unknown field of the preprocessing', { preprocess: { means: [0] } }],
  ['an empty labels file', { labels: '' }],
  ['labels that are no text', { labels: [1, 2] }],
  ['labels as an object', { labels: { '0': 'cat' } }],
  ['a label without end', { labels: ['x'.repeat(1001)] }],
  ['an empty source', { source: '' }],
  ['a preprocessing as a list', { preprocess: [] }],
  ['a resize of 0', { preprocess: { resize: 0 } }],
  ['a fractional resize', { preprocess: { resize: 22.5 } }],
  ['a resize above all bounds', { preprocess: { resize: 8193 } }],
  ['a crop of one number', { preprocess: { crop: [224] } }],
  ['a crop of three numbers', { preprocess: { crop: [3, 224, 224] } }],
  ['a crop as a number', { preprocess: { crop: 224 } }],
  ['unknown channels', { preprocess: { channels: 'BRG' } }],
  ['channels in small letters', { preprocess: { channels: 'rgb' } }],
  ['a scale of 0', { preprocess: { scale: 0 } }],
  ['a scale as text', { preprocess: { scale: '1/255' } }],
  ['one mean for three channels', { preprocess: { mean: [127.5] } }],
  ['three means for one channel', { preprocess: { channels: 'GRAY', mean: [1, 2, 3] } }],
  ['four deviations', { preprocess: { std: [1, 1, 1, 1] } }],
  ['a deviation of 0', { preprocess: { std: [1, 0, 1] } }],
  ['a mean as text', { preprocess: { mean: ['1', '2', '3'] } }],
];

describe('the JSON schema of sidecars', () => {
  it.each(good)('accepts %s, and so does the reader', (_, content) => {
    expect(matches(content)).toBe(true);
    expect(parses(content)).toBe(true);
  });

  it.each(bad)('marks %s, and so does the reader', (_, content) => {
    expect(matches(content)).toBe(false);
    expect(parses(content)).toBe(false);
  });

  it('accepts its own snippets', () => {
    for (const { body } of schema.defaultSnippets) {
      expect(matches(body)).toBe(true);
      expect(parses(body)).toBe(true);
    }
    expect(schema.defaultSnippets.length).toBeGreaterThan(0);
  });

  it('describes every field', () => {
    const { properties } = schema as unknown as { properties: Record<string, { description?: string }> };
    const inner = (properties.preprocess as { properties?: typeof properties }).properties ?? {};
    const fields = Object.entries({ ...properties, ...inner });
    expect(fields.filter(([, field]) => !field.description).map(([name]) => name)).toEqual([]);
  });
});

const shared = path.resolve(root, '../shared/models');

describe.skipIf(!existsSync(shared))('sidecars of the shared models (skipped where they are absent)', () => {
  const names = existsSync(shared)
    ? readdirSync(shared).filter((name) => name.endsWith('.switchback.json'))
    : [];

  it.each(names)('%s matches the schema', (name) => {
    const content: unknown = JSON.parse(readFileSync(path.join(shared, name), 'utf8'));
    expect(matches(content), ajv.errorsText(matches.errors)).toBe(true);
  });
});
