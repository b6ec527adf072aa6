import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpServer {
  readonly base: URL;
  /** The ranges that were asked for, in order; `null` for a whole file. */
  readonly ranges: readonly (string | null)[];
  readonly close: () => Promise<void>;
}

/** A server on a free port of this machine. */
export async function startHttpServer(answer: RequestListener): Promise<HttpServer> {
  const ranges: (string | null)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? null);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { base: new URL(`http://127.0.0.1:${port}/zoo`), ranges, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** Answers with a file as RFC 9110 wants it: the rest of it where the request names where to start. */
export function sendFile(bytes: Uint8Array) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [, start = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const from = Number(start);
    if (from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    const length = { 'content-length': bytes.length - from };
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...length, 'content-range': range } : length);
    response.end(bytes.subarray(from));
  };
}

/** Answers with a whole file whatever was asked for, as servers without ranges do. */
export function sendWhole(bytes: Uint8Array) {
  return (_: IncomingMessage, response: ServerResponse): void => void response.end(bytes);
}

/** Promises a whole file, sends its beginning, and then says nothing more. */
export function sendBeginning(bytes: Uint8Array, count: number) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, count));
  };
}
