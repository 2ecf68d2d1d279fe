import type { IncomingMessage } from 'node:http';
import { allowsOrigin, originRefused } from './origins.ts';
import { RequestRefused } from './request-refused.ts';

/** What a page of any origin may post without asking first, no content type at all included. */
const SIMPLE_TYPES = new Set(['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']);

/** Members of a query string that are JSON. */
const JSON_MEMBERS = ['variables', 'extensions'];

/**
 * Refuses a request whose address cannot be put together from its `Host` and its path: whoever reads it as a URL later would throw.
 * @throws RequestRefused
 */
export function checkAddress({ headers: { host = 'localhost' }, url = '/' }: IncomingMessage): void {
  if (URL.canParse(`http://${host}${url}`)) return;
  throw new RequestRefused(400, 'Host and path of this request are no address.', { argument: 'Host' });
}

/**
 * Refuses what a page could have made a browser send, and what cannot be read.
 * @throws RequestRefused
 */
export function checkRequest({ method, headers, url }: Request, allowedOrigins: readonly string[] | null): void {
  if (method === 'GET') return checkJson(new URL(url).searchParams);
  if (method !== 'POST') return;
  if (!allowsOrigin(headers.get('origin'), allowedOrigins)) throw originRefused();
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  if (SIMPLE_TYPES.has(type.trim().toLowerCase())) throw typeRefused();
}

export function typeRefused(): RequestRefused {
  return new RequestRefused(415, 'A POST needs Content-Type application/json.', {
    argument: 'Content-Type',
    allowed: 'application/json',
  });
}

function checkJson(search: URLSearchParams): void {
  for (const name of JSON_MEMBERS) jsonOf(name, search.get(name) || 'null');
}

/** @throws RequestRefused for a text that is no JSON. */
export function jsonOf(argument: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused(400, `${argument} is not JSON.`, { argument });
  }
}
