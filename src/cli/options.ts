import { InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { noBundledModel } from '../core/errors';

/** `3` or `3,5,8`. */
export function parseMaps(text: string): number[] {
  return text.split(',').map(parseCount);
}

/** `conv1,conv2`. */
export function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** `y,x`. */
export function parsePosition(text: string): readonly [y: number, x: number] {
  const [y, x, ...rest] = text.split(',').map(parseCount);
  if (y === undefined || x === undefined || rest.length > 0) throw new InvalidArgumentError('Expected y,x.');
  return [y, x];
}

/** Empty where a script's variable is: that must not mean the current folder. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  return text;
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text.trim())) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A whole number from 1. */
export function parsePositive(text: string): number {
  const count = parseCount(text);
  if (count === 0) throw new InvalidArgumentError('Expected a whole number from 1.');
  return count;
}

/** The model to use: the bundled one where none was named. */
export function modelPath(named: string | undefined): string {
  if (named !== undefined) return path.resolve(named);
  const bundled = path.resolve(import.meta.dirname, '../media/zfnet/zfnet.onnx');
  if (!existsSync(bundled)) throw noBundledModel();
  return bundled;
}
