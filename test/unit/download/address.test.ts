import { describe, expect, it } from 'vitest';
import { fileAddress, followRedirect, parseBaseAddress } from '../../../src/download/address';

describe('the address that models are downloaded from', () => {
  it.each([
    'https://example.org/models',
    ' https://example.org:8443/ ',
    'http://localhost:8000',
    'http://127.0.0.1:8000/zoo/',
    'http://[::1]:8000',
  ])('may be %s', (text) => {
    expect(parseBaseAddress(text).href).toBe(new URL(text.trim()).href);
  });

  it.each([
    ['', 'is no address'],
    ['models', 'is no address'],
    ['http://example.org/models', 'is not safe'],
    ['http://127.0.0.1.example.org', 'is not safe'],
    ['http://localhost.example.org', 'is not safe'],
    ['http://10.0.0.1/models', 'is not safe'],
    ['file:///etc', 'is not safe'],
    ['ftp://example.org/models', 'is not safe'],
    ['data:text/plain,models', 'is not safe'],
    ['https://example.org/models?token=1', 'more than a server and a folder'],
    ['https://example.org/models#here', 'more than a server and a folder'],
  ])('may not be "%s"', (text, problem) => {
    expect(() => parseBaseAddress(text)).toThrow(problem);
  });

  it('is not repeated in a message where it holds a password', () => {
    const parse = () => parseBaseAddress('https://me:secret@example.org/models');
    expect(parse).toThrow('holds a name or a password');
    expect(parse).not.toThrow('secret');
  });

  it.each(['https://example.org/a/b', 'https://example.org/a/b/', 'https://example.org/a/b//'])(
    'has the files below %s',
    (base) => {
      expect(fileAddress(new URL(base), 'x/y.onnx').href).toBe('https://example.org/a/b/x/y.onnx');
    },
  );
});

describe('a redirect', () => {
  const follow = (from: string, to: string | null) => followRedirect(new URL(from), to).href;

  it.each([
    ['https://a.org/x', 'https://b.org/y', 'https://b.org/y'],
    ['https://a.org/x/y', '../z', 'https://a.org/z'],
    ['https://a.org/x', '//b.org/y?key=1', 'https://b.org/y?key=1'],
    ['https://a.org/x', 'https://me:secret@b.org/y', 'https://b.org/y'],
    ['http://localhost/x', 'https://b.org/y', 'https://b.org/y'],
    ['http://localhost/x', 'http://127.0.0.1:81/y', 'http://127.0.0.1:81/y'],
  ])('from %s to %s is followed', (from, to, expected) => {
    expect(follow(from, to)).toBe(expected);
  });

  it.each([
    ['https://a.org/x', 'http://a.org/x'],
    ['https://a.org/x', 'http://localhost/x'],
    ['https://a.org/x', 'file:///etc/passwd'],
    ['https://a.org/x', 'data:,x'],
    ['http://localhost/x', 'http://a.org/x'],
    ['https://a.org/x', 'https://'],
    ['https://a.org/x', null],
  ])('from %s to %s is not followed', (from, to) => {
    expect(() => follow(from, to)).toThrow(/redirects the download/);
  });
});
