import { badBaseAddress, badRedirect } from './errors';

/**
 * The address that the files of the zoo are below, from what a setting says. Throws a `UserError` unless it is https, or http
 * on the loopback interface, which leaves the machine by neither.
 */
export function parseBaseAddress(setting: string): URL {
  const text = setting.trim();
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    throw badBaseAddress(text === '' ? '""' : text, 'is no address');
  }
  if (address.username !== '' || address.password !== '') {
    throw badBaseAddress(`${address.protocol}//…@${address.host}`, 'holds a name or a password');
  }
  if (address.search !== '' || address.hash !== '') {
    throw badBaseAddress(text, 'holds more than a server and a folder');
  }
  if (!isSafe(address)) throw badBaseAddress(text, 'is not safe to download from');
  return address;
}

export function fileAddress(base: URL, path: string): URL {
  const address = new URL(base);
  address.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`;
  return address;
}

/**
 * Where a redirect leads. Throws a `UserError` where it names no address, and where the connection would become less safe: from
 * https only to https, from this machine to itself or to https.
 */
export function followRedirect(from: URL, location: string | null): URL {
  let target: URL;
  try {
    target = new URL(location ?? '', from);
  } catch {
    throw badRedirect(from.host, 'to no address');
  }
  if (location === null) throw badRedirect(from.host, 'to no address');
  const safeEnough = target.protocol === 'https:' || (from.protocol === 'http:' && isSafe(target));
  if (!safeEnough) throw badRedirect(from.host, `to ${target.protocol}//${target.host}, which is not safe`);
  // Nothing of the kind is asked for, and fetch refuses to send it.
  target.username = '';
  target.password = '';
  return target;
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** `URL` has brought the host into its one spelling: `0x7f.1` is `127.0.0.1` here. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
