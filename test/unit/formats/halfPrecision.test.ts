import { describe, expect, it } from 'vitest';
import { widenBfloat16, widenFloat16 } from '../../../src/core/formats/onnx/halfPrecision';

/** The value of a binary floating point number from its fields, by the definition of IEEE 754. */
function valueOf(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

const every = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

describe.each([
  ['float16', widenFloat16, 5, 10],
  ['bfloat16', widenBfloat16, 8, 7],
] as const)('%s', (_name, widen, exponentBits, fractionBits) => {
  it('widens each of its 65536 values exactly', () => {
    const widened = widen(every);
    const wrong = every.filter(
      (bits) => !Object.is(widened[bits], valueOf(bits, exponentBits, fractionBits)),
    );
    expect(wrong).toHaveLength(0);
  });

  it('ignores what a field of 32-bit integers has above the 16 bits', () => {
    const one = ((1 << (exponentBits - 1)) - 1) << fractionBits;
    expect([...widen([one, one | 0x70000, one | ~0xffff])]).toEqual([1, 1, 1]);
  });
});
