import { notServed, otherFile } from './errors';

/** The part of a file that is still wanted. */
export interface Wanted {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Size of the whole file. */
  readonly bytes: number;
  /** What is on disk already: the request asked for the rest. */
  readonly have: number;
}

/** What an HTTP answer brings. */
export type Answer =
  /** The body is the file from byte `from` to its end: from 0 where the server ignored the range. */
  | { readonly kind: 'body'; readonly from: number }
  /** The server has no such range: what is on disk is not the beginning of its file. */
  | { readonly kind: 'no-such-range' };

export interface AnswerHead {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/**
 * Reads the head of an answer (RFC 9110, sections 14 and 15). Throws a `UserError` where the server refuses, or announces another
 * file than the one wanted: then nothing of the body need be read.
 */
export function readAnswer(address: URL, { status, headers }: AnswerHead, wanted: Wanted): Answer {
  const { file, bytes, have } = wanted;
  if (status === 416 && have > 0) return { kind: 'no-such-range' };
  if (status === 206 && have > 0) {
    const range = parseContentRange(headers.get('content-range'));
    if (!range) throw otherFile(file, 'the server does not say which part of it');
    if (range.total !== null && range.total !== bytes) throw wrongSize(file, range.total, bytes);
    if (range.start !== have || range.end !== bytes - 1)
      throw otherFile(file, 'the server sent another part');
    return { kind: 'body', from: have };
  }
  if (status !== 200) throw notServed(`${address.host}${address.pathname}`, status);
  const length = announcedLength(headers);
  if (length !== null && length !== bytes) throw wrongSize(file, length, bytes);
  return { kind: 'body', from: 0 };
}

interface ContentRange {
  readonly start: number;
  readonly end: number;
  /** `null` where the server does not know. */
  readonly total: number | null;
}

/** `bytes 100-199/200`; `null` for anything else. */
export function parseContentRange(text: string | null): ContentRange | null {
  const [, start, end, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text?.trim() ?? '') ?? [];
  if (start === undefined || end === undefined || total === undefined) return null;
  return { start: Number(start), end: Number(end), total: total === '*' ? null : Number(total) };
}

/** Of the file itself: a length that is given for a compressed body says nothing about it. */
function announcedLength(headers: AnswerHead['headers']): number | null {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const length = headers.get('content-length') ?? '';
  return /^identity$/i.test(encoding) && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

function wrongSize(file: string, found: number, expected: number): Error {
  return otherFile(file, `it has ${found} bytes instead of ${expected}`);
}
