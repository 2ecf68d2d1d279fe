/** Longest event taken, characters: one with 100 signed prices is below 100,000. */
const MAX_EVENT_LENGTH = 4 * 1024 * 1024;

/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** `message` where the server says nothing else. */
  readonly type: string;
  readonly data: string;
}

/** Reads server-sent events (WHATWG HTML 9.2.6) from text that comes in pieces, as far as an oracle uses them. */
export class EventStreamReader {
  #rest = '';
  #type = 'message';
  #data: string[] = [];

  /** @throws RangeError for an event longer than anything that could be meant. */
  read(piece: string): readonly ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const ended of lines) {
      const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
      if (line === '') {
        if (this.#data.length > 0) events.push({ type: this.#type, data: this.#data.join('\n') });
        this.#type = 'message';
        this.#data = [];
      } else this.#field(line);
    }
    const length = this.#data.reduce((sum, data) => sum + data.length, this.#rest.length);
    if (length > MAX_EVENT_LENGTH) throw new RangeError(`an event of more than ${MAX_EVENT_LENGTH} characters`);
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    // A line that begins with a colon is a comment: it has no name.
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value || 'message';
  }
}
