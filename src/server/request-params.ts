import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { namesDocument } from './documents/documents.ts';
import type { Limits } from './limits/limits.ts';
import { LimitReached } from './limits/refusals.ts';
import type { AskedOperation } from './operation.ts';
import { jsonOf, typeRefused } from './request-checks.ts';
import { RequestRefused } from './request-refused.ts';

const Params = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** An operation as a request brought it. */
export interface RequestParams {
  readonly params: AskedOperation;
  /** The body as it came, for whoever answers the request after all; null for a GET. */
  readonly body: string | null;
}

/**
 * The operation of a request: the query string of a GET, the JSON body of a POST.
 * @throws RequestRefused saying what is wrong with it.
 */
export async function readParams(request: IncomingMessage, limits: Limits): Promise<RequestParams> {
  const body = request.method === 'GET' ? null : await bodyOf(request, limits);
  const params = Params.safeParse(body === null ? queryOf(request) : jsonOf('body', body));
  if (params.success && namesDocument(params.data)) return { params: params.data, body };
  const [issue] = params.error?.issues ?? [];
  const argument = issue ? issue.path.join('.') || 'body' : 'query';
  throw new RequestRefused(400, `${argument}: ${issue?.message ?? 'the text of a document, or its hash, is needed'}`, {
    argument,
  });
}

function queryOf(request: IncomingMessage): unknown {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const object = (name: string) => {
    const text = searchParams.get(name);
    return text === null || text === '' ? null : jsonOf(name, text);
  };
  return {
    query: searchParams.get('query'),
    documentId: searchParams.get('documentId'),
    operationName: searchParams.get('operationName'),
    variables: object('variables'),
    extensions: object('extensions'),
  };
}

async function bodyOf(request: IncomingMessage, { settings, refusals }: Limits): Promise<string> {
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  // Anything else a page of another origin may send without asking.
  if (contentType.trim().toLowerCase() !== 'application/json') throw typeRefused();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isTooLong = false;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= settings.maxMessageBytes) return void chunks.push(chunk);
      // The rest is read and dropped: a socket cut in the middle of it would take the answer along.
      chunks.length = 0;
      if (isTooLong) return;
      isTooLong = true;
      reject(refusals.count(new LimitReached('bodyBytes', settings.maxMessageBytes)));
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}
