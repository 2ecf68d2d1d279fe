import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ApiError } from '../lib/errors.ts';
import type { OperationParams } from './operation.ts';

/** Largest request body, bytes: as large as a message on a WebSocket. */
const MAX_BODY_BYTES = 65_536;

const Params = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * The operation of a request: the query string of a GET, the JSON body of a POST.
 * @throws ApiError `BAD_USER_INPUT` saying what is wrong with it.
 */
export async function readParams(request: IncomingMessage): Promise<OperationParams> {
  const given = request.method === 'GET' ? queryOf(request) : json('body', await bodyOf(request));
  const params = Params.safeParse(given);
  if (params.success) return params.data;
  const [issue] = params.error.issues;
  throw refused(issue?.path.join('.') ?? 'body', issue?.message ?? 'not an operation');
}

function queryOf(request: IncomingMessage): unknown {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const variables = searchParams.get('variables');
  return {
    query: searchParams.get('query') ?? undefined,
    operationName: searchParams.get('operationName'),
    variables: variables === null || variables === '' ? null : json('variables', variables),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const contentType = request.headers['content-type'] ?? '';
  // Anything else a page of another origin may send without asking.
  if (!contentType.startsWith('application/json'))
    throw refused('Content-Type', 'A POST needs Content-Type application/json.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw refused('body', `A request body has at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function json(argument: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(argument, `${argument} is not JSON.`);
  }
}

function refused(argument: string, message: string): ApiError {
  return new ApiError('BAD_USER_INPUT', message, { argument });
}
