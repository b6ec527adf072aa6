import { describe, expect, it } from 'vitest';
import { strings as evolution } from '../../webview/evolution/strings';
import { pair, strings as layers } from '../../webview/layers/strings';
import { strings as model } from '../../webview/model/strings';
import { strings as parts } from '../../webview/parts/strings';
import { strings as topActivations } from '../../webview/topActivations/strings';
import { duration, number } from '../../src/core/report/numbers';

describe('numbers in words', () => {
  it.each([
    [3.4111, '3.41'],
    [0, '0.00'],
    [12.345, '12.3'],
    [345.6, '346'],
    [123456, '123456'],
    [1234567, '1.2e+6'],
    [0.00042, '4.2e-4'],
    [-3.4111, '-3.41'],
    [NaN, 'NaN'],
  ])('%d reads %s', (value, text) => {
    expect(number(value)).toBe(text);
  });

  it.each([
    [0.2, '1 s'],
    [42, '42 s'],
    [90, '2 min'],
    [3540, '59 min'],
    [9000, '2 h 30 min'],
  ])('%d seconds read %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('name both sides only where they differ', () => {
    expect(pair([7, 7])).toBe('7');
    expect(pair([7, 1])).toBe('7 × 1');
  });
});

it('one of a kind is counted as one', () => {
  const { histogram, summary } = topActivations;
  expect([
    model.layers.parameters(1),
    layers.progress.done(1),
    layers.progress.started('net.onnx', 1),
    layers.layer.maps(1, 1),
    summary(1, 1, 0),
    histogram.none(1),
    histogram.bin(1, 0.5, 1),
    parts.set(1, 1, 'parts.json'),
    evolution.plan(2, 1),
  ]).toEqual([
    '1 parameter',
    '1 layer',
    'net.onnx has run. Projecting 1 layer.',
    '1 of 1 map',
    '1 picture; 1 map, 0 inactive',
    '1 picture does not activate the map.',
    '1 picture from 0.50 to 1.00',
    '1 of 1 picture has every part. Saved in parts.json.',
    '2 models, 1 picture',
  ]);
});
