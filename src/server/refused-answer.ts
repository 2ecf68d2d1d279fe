import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { presentError } from './errors.ts';
import { corsHeaders } from './origins.ts';
import { RequestRefused } from './request-refused.ts';
import { correlationOf } from './requests.ts';

export interface RefusalServices {
  readonly clock: Clock;
  readonly log: Log;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
}

/** What a refused request is told: a status, headers, and a JSON body as of any GraphQL answer. */
interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function refusalOf(error: unknown, request: IncomingMessage, { clock, log }: RefusalServices): Refusal {
  const presented = presentError(error, { ...correlationOf(request), now: clock.now() }, log);
  const [status, headers] = error instanceof RequestRefused ? [error.status, error.headers] : [500, {}];
  const body = JSON.stringify({ errors: [presented] });
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body };
}

/** Answers a request that is not let in. */
export function answerRefused(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  services: RefusalServices,
): void {
  if (response.destroyed) return;
  const { status, headers, body } = refusalOf(error, request, services);
  response.writeHead(status, { ...headers, ...corsHeaders(request.headers.origin, services.allowedOrigins) });
  response.end(body);
}
