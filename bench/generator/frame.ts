const TEXT = 0x81;
const PONG = 0x8a;

/** A client's frames are masked; a key of zero leaves the bytes as they are and costs the server the same. */
const MASKED = 0x80;
const MASK_KEY_BYTES = 4;

export function textFrame(message: string): Buffer {
  return frame(TEXT, Buffer.from(message));
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(PONG, payload);
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : 2;
  if (length > 0xffff) throw new RangeError('a client of the benchmark sends nothing this long');
  const bytes = Buffer.alloc(2 + extended + MASK_KEY_BYTES + length);
  bytes[0] = opcode;
  bytes[1] = MASKED | (extended === 0 ? length : 126);
  if (extended > 0) bytes.writeUInt16BE(length, 2);
  payload.copy(bytes, 2 + extended + MASK_KEY_BYTES);
  return bytes;
}
