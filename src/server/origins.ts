import { RequestRefused } from './request-refused.ts';
import { REQUEST_ID_HEADER } from './requests.ts';

/** Whether a page of this origin may ask here; what is no browser names none. */
export function allowsOrigin(origin: string | null | undefined, allowed: readonly string[] | null): boolean {
  return !origin || !allowed || allowed.includes(origin);
}

/** A browser would only hide the answer from the page: what it asked for would have been done. */
export function originRefused(): RequestRefused {
  return new RequestRefused(403, 'Pages of this origin may not use this API.', { argument: 'Origin' });
}

/** What makes a browser hand an answer to the page that asked, the same as on answers that are no streams. */
export function corsHeaders(
  origin: string | undefined,
  allowed: readonly string[] | null,
): Readonly<Record<string, string>> {
  if (!origin || !allowsOrigin(origin, allowed)) return {};
  return {
    'access-control-allow-origin': origin,
    vary: 'Origin',
    'access-control-expose-headers': REQUEST_ID_HEADER,
    ...(allowed && { 'access-control-allow-credentials': 'true' }),
  };
}
