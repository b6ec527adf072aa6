import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/download/answer';

const address = new URL('https://example.org/zoo/x.onnx?key=secret');

function read(status: number, headers: Readonly<Record<string, string>>, have = 0) {
  return readAnswer(address, { status, headers: new Headers(headers) }, { file: 'x.onnx', bytes: 100, have });
}

describe('an answer', () => {
  it.each([
    ['the whole file', 200, { 'content-length': '100' }, 0, { kind: 'body', from: 0 }],
    ['a file of unknown length', 200, {}, 0, { kind: 'body', from: 0 }],
    ['the whole file instead of its rest', 200, { 'content-length': '100' }, 40, { kind: 'body', from: 0 }],
    ['the rest', 206, { 'content-range': 'bytes 40-99/100' }, 40, { kind: 'body', from: 40 }],
    [
      'the rest of who knows how much',
      206,
      { 'content-range': 'bytes 40-99/*' },
      40,
      { kind: 'body', from: 40 },
    ],
    ['no rest', 416, { 'content-range': 'bytes */30' }, 40, { kind: 'no-such-range' }],
    [
      'a body that is packed',
      200,
      { 'content-length': '7', 'content-encoding': 'gzip' },
      0,
      { kind: 'body', from: 0 },
    ],
  ] as const)('may bring %s', (_, status, headers, have, expected) => {
    expect(read(status, headers, have)).toEqual(expected);
  });

  it.each([
    ['of another length', 200, { 'content-length': '99' }, 0, '99 bytes instead of 100'],
    [
      'that is a part of another file',
      206,
      { 'content-range': 'bytes 40-98/99' },
      40,
      '99 bytes instead of 100',
    ],
    ['from another place', 206, { 'content-range': 'bytes 0-99/100' }, 40, 'another part'],
    ['that ends early', 206, { 'content-range': 'bytes 40-50/100' }, 40, 'another part'],
    ['without its place', 206, {}, 40, 'which part'],
    ['in pieces', 206, { 'content-type': 'multipart/byteranges' }, 40, 'which part'],
    ['nobody asked for', 206, { 'content-range': 'bytes 0-99/100' }, 0, 'HTTP 206'],
    ['that is missing', 404, {}, 0, 'has no such file'],
    ['that is kept back', 403, {}, 0, 'does not give the file out'],
    ['that fails', 503, {}, 0, 'did not deliver'],
    ['without a range to refuse', 416, {}, 0, 'HTTP 416'],
  ] as const)('%s is refused', (_, status, headers, have, problem) => {
    expect(() => read(status, headers, have)).toThrow(problem);
  });

  it('is told without what its address may hold beside the path', () => {
    expect(() => read(404, {})).toThrow('example.org/zoo/x.onnx has no such file');
    expect(() => read(404, {})).not.toThrow('secret');
  });
});
