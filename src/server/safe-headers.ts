import type { IncomingMessage, ServerResponse } from 'node:http';

/** What every answer carries: it is data and no page, is not to be guessed at, framed, or told of elsewhere. */
const ALWAYS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * GraphiQL is one page with everything in it: inline script and style, workers made from blobs, fonts and images as data.
 * It may talk to this server and to nobody else.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  'worker-src blob:',
  'font-src data:',
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Headers by which a browser keeps what is answered here from being used against its reader. */
export function setSafeHeaders({ method, headers }: IncomingMessage, response: ServerResponse): void {
  const isPage = method === 'GET' && (headers.accept ?? '').includes('text/html');
  for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value);
  response.setHeader('content-security-policy', isPage ? PAGE_POLICY : DATA_POLICY);
}
