import { UserError } from '../errors';

/** What a user can do something about in an experiment; see `../errors`. */

export function invalidOcclusion(problem: string): UserError {
  return new UserError(
    'invalid-occlusion',
    `${problem}.`,
    'Choose a square that fits into the picture, and a stride from 1 to its size.',
  );
}

export function manyWindowsAsked(windows: number, minutes: number): UserError {
  return new UserError(
    'many-windows',
    `These are ${windows} windows, about ${Math.max(1, Math.round(minutes))} minutes on this machine.`,
    'Choose a larger stride, or run it with --yes.',
  );
}
