/** RFC 6455 opcodes, with the FIN bit. */
export const Opcode = { TEXT: 0x81, PING: 0x89 } as const;

/** Longest header of an unmasked frame: one byte of opcode, one of length, eight of extended length. */
const MAX_HEADER_BYTES = 10;

/** Bytes of the header of a server's frame with a payload of this length. */
export function headerBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : MAX_HEADER_BYTES;
}

/** Writes the header of an unmasked frame at `at`; the position after it. */
function writeHeader(into: Buffer, at: number, opcode: number, payloadBytes: number): number {
  into[at] = opcode;
  if (payloadBytes < 126) {
    into[at + 1] = payloadBytes;
    return at + 2;
  }
  if (payloadBytes < 65_536) {
    into[at + 1] = 126;
    into.writeUInt16BE(payloadBytes, at + 2);
    return at + 4;
  }
  into[at + 1] = 127;
  into.writeUInt32BE(Math.floor(payloadBytes / 2 ** 32), at + 2);
  into.writeUInt32BE(payloadBytes >>> 0, at + 6);
  return at + MAX_HEADER_BYTES;
}

const CLOSING_BRACE = 0x7d;

/** The beginning of every `next` message of one operation; the payload and a closing brace follow. */
export function nextPrefix(operationId: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"next","payload":`);
}

/** Bytes of a whole `next` frame. */
export function nextFrameBytes(prefix: Buffer, payload: Buffer): number {
  const message = prefix.length + payload.length + 1;
  return headerBytes(message) + message;
}

/** Writes a whole `next` frame at `at`; the position after it. */
export function writeNextFrame(into: Buffer, at: number, prefix: Buffer, payload: Buffer): number {
  let end = writeHeader(into, at, Opcode.TEXT, prefix.length + payload.length + 1);
  end += prefix.copy(into, end);
  end += payload.copy(into, end);
  into[end] = CLOSING_BRACE;
  return end + 1;
}

/** Writes a whole frame at `at`; the position after it. */
export function writeFrame(into: Buffer, at: number, opcode: number, payload: Buffer): number {
  const start = writeHeader(into, at, opcode, payload.length);
  return start + payload.copy(into, start);
}
