import { describe, expect, it } from 'vitest';
import { pair } from '../../webview/layers/strings';
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
