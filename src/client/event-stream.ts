/** One event of a stream of server-sent events; `data` is null for a comment or an id that stands alone. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string | null;
}

/** Reads server-sent events as they come, by the rules of the HTML standard that a GraphQL server makes use of. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
  take: (event: StreamEvent) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      take(eventOf(text.slice(0, end)));
      text = text.slice(end + 2);
    }
  }
}

function eventOf(block: string): StreamEvent {
  let [event, id, data]: [string, string | null, string | null] = ['message', null, null];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    const name = line.slice(0, Math.max(0, colon));
    if (name === 'event') event = value;
    else if (name === 'id') id = value;
    else if (name === 'data') data = data === null ? value : `${data}\n${value}`;
  }
  return { event, id, data };
}
