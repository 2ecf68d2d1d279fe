/** The protocols that stream over an HTTP response. */
export type StreamProtocol = 'sse' | 'multipart';

/** What the `Accept` of a request says about streams. */
export interface StreamAccept {
  readonly protocol: StreamProtocol;
  /** False when a single JSON answer is wanted rather, where it will do. */
  readonly preferred: boolean;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Media types of a single answer. */
const SINGLE = ['application/graphql-response+json', 'application/json', 'application/*', '*/*'];

/** Which stream the reader would take, by weight and then by order; null when it takes none. */
export function acceptedStream(accept = ''): StreamAccept | null {
  const ranges = accept
    .split(',')
    .map(mediaRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  const at = ranges.findIndex((range) => protocolOf(range) !== null);
  const protocol = ranges[at] && protocolOf(ranges[at]);
  return protocol ? { protocol, preferred: !ranges.slice(0, at).some(({ type }) => SINGLE.includes(type)) } : null;
}

function protocolOf({ type, parameters }: MediaRange): StreamProtocol | null {
  if (type === 'text/event-stream') return 'sse';
  return type === 'multipart/mixed' && parameters.get('subscriptionspec') === '1.0' ? 'multipart' : null;
}

function mediaRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}
