import type { LimitSettings } from '../server/limits/settings.ts';
import type { Config } from './config.ts';

/** The limits of the environment. */
export function limitSettings(config: Config): LimitSettings {
  return {
    trustedProxies: config.TRUSTED_PROXIES,
    maxConnections: config.MAX_CONNECTIONS,
    maxConnectionsPerIp: config.MAX_CONNECTIONS_PER_IP,
    maxConnectionsPerUser: config.MAX_CONNECTIONS_PER_USER,
    maxConnectionsPerApiKey: config.MAX_CONNECTIONS_PER_API_KEY,
    connectionsPerSecondPerIp: config.CONNECTIONS_PER_SECOND_PER_IP,
    maxSubscriptionsPerConnection: config.MAX_SUBSCRIPTIONS_PER_CONNECTION,
    maxStreams: config.MAX_STREAMS,
    maxStreamsPerClient: config.MAX_STREAMS_PER_CLIENT,
    messagesPerSecond: config.MESSAGES_PER_SECOND,
    messageBurst: config.MESSAGE_BURST,
    maxQueueBytes: config.MAX_QUEUE_BYTES,
    requestsPerSecondPerIp: config.REQUESTS_PER_SECOND_PER_IP,
    requestBurst: config.REQUEST_BURST,
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    handshakeTimeoutMs: config.HANDSHAKE_TIMEOUT_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    newDocumentsPerSecond: config.NEW_DOCUMENTS_PER_SECOND,
    newDocumentsPerSecondPerProcess: config.NEW_DOCUMENTS_PER_SECOND_PER_PROCESS,
    maxTokens: config.MAX_TOKENS,
    maxDepth: config.MAX_DEPTH,
    maxComplexity: config.MAX_COMPLEXITY,
    maxAliases: config.MAX_ALIASES,
    maxDirectives: config.MAX_DIRECTIVES,
    maxRootFields: config.MAX_ROOT_FIELDS,
    maxFields: config.MAX_FIELDS,
    maxComparisons: config.MAX_COMPARISONS,
  };
}
