import { describe, expect, test } from 'vitest';
import { acceptedStream } from '../../src/server/event-stream-accept.ts';

const SSE = { protocol: 'sse', preferred: true };
const MULTIPART = { protocol: 'multipart', preferred: true };

describe('of an Accept', () => {
  test.each([
    ['text/event-stream', SSE],
    ['Text/Event-Stream; charset=utf-8', SSE],
    ['multipart/mixed;subscriptionSpec="1.0", application/json', MULTIPART],
    ['multipart/mixed; boundary=graphql; subscriptionSpec=1.0, application/json', MULTIPART],
    ['multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream;q=0.9', SSE],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', SSE],
    ['text/event-stream, multipart/mixed', SSE],
    ['application/json, text/event-stream', { ...SSE, preferred: false }],
    ['application/json;q=0.5, text/event-stream', SSE],
    ['*/*, text/event-stream', { ...SSE, preferred: false }],
  ])('%s, the stream is taken', (accept, expected) => expect(acceptedStream(accept)).toEqual(expected));

  test.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'text/event-stream;q=0',
    'text/event-stream;q=much',
    'multipart/mixed',
    'multipart/mixed;deferSpec=20220824, application/json',
    'multipart/mixed;subscriptionSpec=2.0',
    'application/json;note=text/event-stream',
  ])('%s, no stream is taken', (accept) => expect(acceptedStream(accept)).toBeNull());
});
