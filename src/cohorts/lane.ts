/**
 * One operation's way to its client. Transports make them; members write into them.
 *
 * There is no queue behind a lane: when it is blocked, a member keeps what it owes as dirty keys or as a position, and
 * is called back when there is room.
 */
export interface Lane {
  /** True while the reader is behind: nothing more may be written until `onRoom`. */
  readonly blocked: boolean;
  /**
   * Writes one GraphQL result, as JSON bytes. Only while not blocked. The bytes are shared: never changed.
   * @param cursor where the event stands, the same for everybody who is given these bytes; null for a state topic.
   */
  next(payload: Buffer, cursor: (() => string) | null): void;
  /** The member to be called when a blocked lane has room again. */
  onRoom: (() => void) | null;
  /** Everything that was there at the subscribing has been written: from here on the operation is live. */
  live(): void;
}
