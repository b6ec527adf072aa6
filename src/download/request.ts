import { followRedirect } from './address';
import { badRedirect } from './errors';

const maxRedirects = 5;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** An answer, and the address that gave it. */
export interface Answered {
  readonly address: URL;
  readonly response: Response;
}

/**
 * Asks for a file, or for what follows its first `have` bytes, and follows redirects as far as they are safe.
 *
 * By `fetch`: in the extension host it is VS Code's own, which goes through the proxy and trusts the certificates of the user's settings.
 */
export async function request(address: URL, have: number, signal: AbortSignal): Promise<Answered> {
  // A compressed answer could not be continued, and its length would say nothing.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (have > 0) headers['range'] = `bytes=${have}-`;
  let at = address;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await fetch(at, { headers, signal, redirect: 'manual' });
    if (!redirects.includes(response.status)) return { address: at, response };
    await response.body?.cancel();
    at = followRedirect(at, response.headers.get('location'));
  }
  throw badRedirect(address.host, `more than ${maxRedirects} times`);
}
