/** An operation as it goes over the wire. Its variables are read anew whenever it is sent. */
export interface WireOperation {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: Record<string, unknown>;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface WireResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly unknown[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What a transport tells of one operation. */
export interface TransportSink {
  /** It has been sent, on a connection that stands: at first, and again after each loss. */
  sent(): void;
  /** The connection is gone or silent. The transport sends the operation again by itself, as it then is. */
  lost(): void;
  next(result: WireResult): void;
  /** Everything that was there at the sending has been given. */
  live(): void;
  /** Everything that matches up to here has been given. */
  progress(cursor: string): void;
  /** It has ended: with the errors of the server, or with why it will not be sent again. */
  failed(cause: unknown): void;
  completed(): void;
}

/** A way to the server for operations: WebSocket, server-sent events, Apollo's multipart protocol. */
export interface Transport {
  /** @returns ends the operation; nothing is told of it after. */
  start(operation: WireOperation, sink: TransportSink): () => void;
  /** Brings a newer credential to what is open; resolves false where there is none. */
  renew?(): Promise<boolean>;
}
