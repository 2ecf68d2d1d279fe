import { existsSync } from 'node:fs';
import type { Bus, SharedBus } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory-bus.ts';
import { createRedisBus } from '../bus/redis-bus.ts';
import type { RedisServer } from '../bus/redis-client.ts';
import type { RetentionSettings } from '../bus/retention.ts';
import { addressIn, type Config, ConfigError } from './config.ts';
import type { Parts } from './parts.ts';

/** The bus that processes meet on: Redis where one is named, else the memory of this one. */
export function sharedBus({ config, clock, log }: Parts): Bus | SharedBus {
  const options = { clock, log, ...retentionOf(config) };
  const redis = redisOf(config);
  return redis ? createRedisBus({ ...options, ...redis, prefix: config.REDIS_PREFIX }) : createMemoryBus(options);
}

export function retentionOf(config: Config): RetentionSettings {
  const { RETENTION_MS: retentionMs, RETENTION_EVENTS: retentionEvents } = config;
  return { retentionMs, ...(retentionEvents !== undefined && { retentionEvents }) };
}

/** The Redis that processes meet in; null where there is none. @throws ConfigError */
export function redisOf(config: Config): RedisServer | null {
  const { REDIS_URL: url, REDIS_MODE: kind, REDIS_NODES: nodes, REDIS_TLS_CA: caFile } = config;
  if (url === undefined) {
    if (kind !== 'single')
      throw new ConfigError(`REDIS_URL: REDIS_MODE=${kind} needs it, for the first of its addresses.`);
    return null;
  }
  if (kind === 'single' && nodes.length > 0)
    throw new ConfigError(
      'REDIS_NODES: one server has one address, in REDIS_URL; allowed with REDIS_MODE=sentinel or cluster.',
    );
  if (kind === 'cluster' && !['', '/', '/0'].includes(new URL(url).pathname))
    throw new ConfigError(
      'REDIS_URL: a Cluster has no numbered databases; allowed is none, REDIS_PREFIX keeps systems apart.',
    );
  if (caFile !== undefined && !existsSync(caFile))
    throw new ConfigError(`REDIS_TLS_CA: there is no file ${JSON.stringify(caFile)}.`);
  if (caFile !== undefined && !url.startsWith('rediss:'))
    throw new ConfigError('REDIS_TLS_CA: it is for TLS; REDIS_URL begins with rediss:// then.');
  return {
    url,
    topology: {
      kind,
      nodes: nodes.flatMap((node) => addressIn(node) ?? []),
      masterName: config.REDIS_SENTINEL_NAME,
      sentinelUsername: config.REDIS_SENTINEL_USERNAME ?? null,
      sentinelPassword: config.REDIS_SENTINEL_PASSWORD ?? null,
      caFile: caFile ?? null,
    },
  };
}
