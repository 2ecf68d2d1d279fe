import type { IncomingMessage } from 'node:http';
import type { Identity } from '../model/identity.ts';

/**
 * Who calls: by the headers of a request, or by what a WebSocket said when it began. Null: somebody who has not said.
 * @param said the payload of `connection_init`; null over HTTP.
 */
export type Identify = (
  request: IncomingMessage,
  said: Readonly<Record<string, unknown>> | null,
) => Promise<Identity | null>;
