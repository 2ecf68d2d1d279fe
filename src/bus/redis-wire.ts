import type { BusRecord } from './bus.ts';

/**
 * A record as it lies in Redis and travels on its channels: `<epoch>:<sequence>:<v|c>:<key>`, a line feed, the payload.
 * A key may hold colons, never a line feed. The scripts write it, this reads it.
 */
const HEADER = /^([^:]+):([1-9]\d{0,15}):([vc]):(.+)$/s;

/** Bytes of the longest header: a key has 200, epoch and sequence less than 100. Bounds the search in what is no record. */
const HEADER_BYTES = 400;

const LINE_FEED = 10;

/** Of a message as it came. Null when it is none of ours. The payload is made text when somebody first wants it. */
export function recordOfMessage(message: Buffer): BusRecord | null {
  const end = message.subarray(0, HEADER_BYTES).indexOf(LINE_FEED);
  const header = HEADER.exec(end < 0 ? '' : message.toString('utf8', 0, end));
  if (!header) return null;
  let bytes: Buffer | null = message;
  let payload = '';
  return {
    ...position(header),
    get payload() {
      if (bytes) {
        payload = bytes.toString('utf8', end + 1);
        // The message is a piece of a chunk of the socket: holding it would hold the chunk.
        bytes = null;
      }
      return payload;
    },
  };
}

/** Of a stored value. Null when it is none of ours. */
export function recordOfText(text: string): BusRecord | null {
  const end = text.indexOf('\n');
  const header = HEADER.exec(end < 0 ? '' : text.slice(0, end));
  return header && { ...position(header), payload: text.slice(end + 1) };
}

function position(header: RegExpExecArray): Omit<BusRecord, 'payload'> {
  return {
    epoch: header[1] ?? '',
    sequence: Number(header[2]),
    form: header[3] === 'c' ? 'change' : 'value',
    key: header[4] ?? '',
  };
}
