import { UserError } from '../core/errors';

const interruptedCode = 'download-interrupted';
const unreachableCode = 'download-unreachable';

/** Whether the connection failed, so that trying again may help; it goes on where the download stopped. */
export function isConnectionFailure(error: unknown): error is UserError {
  return error instanceof UserError && [interruptedCode, unreachableCode].includes(error.code);
}

/** @param reason a clause: what happened to the connection */
export function interrupted(file: string, reason: string): UserError {
  return new UserError(
    interruptedCode,
    `The download of ${file} stopped: ${reason}.`,
    'What has arrived is kept; try again to go on from there.',
  );
}

export function unreachable(host: string, reason: string): UserError {
  return new UserError(
    unreachableCode,
    `${host} cannot be reached: ${reason}.`,
    'Check the network and the proxy settings, or set switchback.download.baseUrl to a mirror.',
  );
}

export function badBaseAddress(address: string, problem: string): UserError {
  return new UserError(
    'download-base-address',
    `The setting switchback.download.baseUrl, ${address}, ${problem}.`,
    'Models are only downloaded by https, or by http from this machine itself.',
  );
}

export function badRedirect(host: string, problem: string): UserError {
  return new UserError(
    'download-redirect',
    `${host} redirects the download ${problem}.`,
    'Set switchback.download.baseUrl to a server that has the files.',
  );
}

export function notServed(address: string, status: number): UserError {
  const { what, hint } = refusal(status);
  return new UserError('download-refused', `${address} ${what} (HTTP ${status}).`, hint);
}

function refusal(status: number): { readonly what: string; readonly hint: string } {
  const setting = 'set switchback.download.baseUrl to';
  switch (status) {
    case 404:
    case 410:
      return { what: 'has no such file', hint: `The files may have moved: ${setting} where they are now.` };
    case 401:
    case 403:
      return { what: 'does not give the file out', hint: `Wait a while, or ${setting} a server that does.` };
    default:
      return { what: 'did not deliver the file', hint: `Try again later, or ${setting} a mirror.` };
  }
}

export function otherFile(file: string, problem: string): UserError {
  return new UserError(
    'download-other-file',
    `What was sent as ${file} is not that file: ${problem}. It was not kept.`,
    'Try again, or set switchback.download.baseUrl to another server.',
  );
}

export function alreadyThere(file: string): UserError {
  return new UserError(
    'download-already-there',
    `${file} exists already, with other content, and was left as it is.`,
    'Rename it, or choose another folder.',
  );
}

export function downloadsAlready(file: string): UserError {
  return new UserError(
    'download-running',
    `${file} is being downloaded already.`,
    'Its progress is among the notifications.',
  );
}

export function notAPlainFile(file: string): UserError {
  return new UserError(
    'download-not-a-file',
    `${file} is in the way: it is a link or a folder, and downloads are written to plain files only.`,
    'Remove it, or choose another folder.',
  );
}

export function diskFull(folder: string): UserError {
  return new UserError(
    'download-disk-full',
    `The disk of ${folder} has no room for this file.`,
    'Make room or choose a folder on another disk; what has arrived is kept.',
  );
}
