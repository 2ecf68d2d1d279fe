/** How much clients may take. Every member is a setting of the environment; nothing here is per version of the code. */
export interface LimitSettings {
  /** Networks of proxies whose `X-Forwarded-For` is believed, as addresses or CIDR: "10.0.0.0/8". */
  readonly trustedProxies: readonly string[];
  /** WebSockets of this process. */
  readonly maxConnections: number;
  /** WebSockets of one client address, over all processes. */
  readonly maxConnectionsPerIp: number;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerApiKey: number;
  /** WebSockets and streams that an address, or an API key, may begin in one second, over all processes. */
  readonly connectionsPerSecondPerIp: number;
  readonly maxSubscriptionsPerConnection: number;
  /** Streams over HTTP of this process. */
  readonly maxStreams: number;
  /** Streams over HTTP of one user and of one API key, or of one address without either, over all processes. */
  readonly maxStreamsPerClient: number;
  /** Messages that a WebSocket may send in the long run, and in one go. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Bytes written to a WebSocket and not known to have arrived, beyond which it may ask for nothing new. */
  readonly maxQueueBytes: number;
  /** Requests that one address may send over HTTP in the long run, and in one go. */
  readonly requestsPerSecondPerIp: number;
  readonly requestBurst: number;
  /** Largest WebSocket message and largest HTTP body, bytes. */
  readonly maxMessageBytes: number;
  /** How long a WebSocket may take to say `connection_init`, milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** How long an HTTP request may take to arrive, its upgrade included, milliseconds. */
  readonly requestTimeoutMs: number;
  /** Documents not seen before that a connection may bring in a second; of an address five times as many. */
  readonly newDocumentsPerSecond: number;
  /** The same for the whole process. */
  readonly newDocumentsPerSecondPerProcess: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxComplexity: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  /** Fields of an operation with its fragments written out. */
  readonly maxFields: number;
  /** Pairs of fields under one name, which have to be compared. */
  readonly maxComparisons: number;
}
