import { describe, expect, it } from 'vitest';
import type { SettingName } from '../../../src/host/settings';
import { panelSettings, readSettings, settingNames, settingRules } from '../../../src/host/settings';

const defaults = {
  model: '',
  mapsPerLayer: 9,
  displayScale: 'tile',
  runtime: 'auto',
  executionProvider: 'cpu',
  codeLens: true,
  gutterThumbnails: true,
  'diagnostics.enabled': true,
  'diagnostics.silenced': [],
  'engine.threads': 0,
  'engine.hangSeconds': 60,
  'queue.address': '',
  'download.baseUrl': 'https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main',
};

describe('readSettings', () => {
  it.each([undefined, null])('takes the defaults where a setting is %s', (value) => {
    expect(readSettings(() => value)).toEqual({ settings: defaults, problems: [] });
  });

  it('takes what the user set', () => {
    const set: Record<SettingName, unknown> = {
      model: 'a.onnx',
      mapsPerLayer: 4,
      displayScale: 'layer',
      runtime: 'onnxruntime-web',
      executionProvider: 'cuda',
      codeLens: false,
      gutterThumbnails: false,
      'diagnostics.enabled': false,
      'diagnostics.silenced': ['dead-filters', 'code-mismatch'],
      'engine.threads': 2,
      'engine.hangSeconds': 5,
      'queue.address': 'rediss://example.org',
      'download.baseUrl': 'https://example.org/models',
    };
    expect(readSettings((name) => set[name])).toEqual({ settings: set, problems: [] });
  });

  it.each<[SettingName, unknown]>([
    ['model', 3],
    ['model', ['a.onnx']],
    ['mapsPerLayer', '9'],
    ['mapsPerLayer', 0],
    ['mapsPerLayer', 2.5],
    ['mapsPerLayer', 65],
    ['mapsPerLayer', Number.NaN],
    ['displayScale', 'TILE'],
    ['displayScale', { toString: () => 'tile' }],
    ['codeLens', 'yes'],
    ['diagnostics.enabled', 1],
    ['diagnostics.silenced', 'dead-filters'],
    ['diagnostics.silenced', ['dead-filters', 'bored-filters']],
    ['engine.threads', -1],
    ['engine.threads', Infinity],
    ['engine.hangSeconds', 4],
    ['engine.hangSeconds', true],
    ['queue.address', 6379],
    ['download.baseUrl', ['https://example.org/models']],
  ])('falls back where switchback.%s is %j, and names it once', (name, value) => {
    const { settings, problems } = readSettings((asked) => (asked === name ? value : undefined));
    expect(settings).toEqual(defaults);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`switchback.${name}`);
    expect(problems[0]).toContain(JSON.stringify(settingRules[name].fallback));
  });

  it('has a default that its own rule accepts', () => {
    for (const name of settingNames)
      expect(settingRules[name].accepts(settingRules[name].fallback)).toBe(true);
  });
});

it('tells a panel only what it needs to know', () => {
  const { settings } = readSettings(() => undefined);
  expect(panelSettings(settings)).toEqual({ mapsPerLayer: 9, displayScale: 'tile' });
});
