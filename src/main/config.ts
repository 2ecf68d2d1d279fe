import { getAddress } from 'viem/utils';
import { z } from 'zod';
import { MAX_ACCOUNTS } from '../feeds/hyperliquid/account-watch.ts';
import { FEED_NAMES, type FeedName } from '../feeds/registry.ts';
import { decimal } from '../lib/decimal.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { CANDLE_INTERVALS } from '../model/candle.ts';
import { type RiskModel, riskModel } from '../model/risk-tables.ts';
import { isNetwork } from '../server/limits/addresses.ts';

/** A number of milliseconds or things: a whole one, in words that a person setting it understands. */
const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
    .default(fallback)
    .describe(`a whole number from ${min} to ${max}`);

const url = (protocols: readonly string[], fallback: string) =>
  z
    .string()
    .refine((value) => isUrl(value, protocols))
    .default(fallback)
    .describe(`a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .default(fallback)
    .describe('true or false');

const names = (text: string) => text.split(',').flatMap((name) => name.trim() || []);

/** A symbol names one instrument: capitals, digits, dots and dashes, nothing that a key or a URL would have to quote. */
const SYMBOL = /^[A-Z0-9.-]{1,40}$/;

/** Every variable of the environment that is read, with its default and what is allowed. */
const Environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('an address to listen on, 0.0.0.0 for all'),
  PORT: whole(0, 65_535, 4000),
  WORKER_PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((value) => value <= 65_535)
    .optional()
    .describe('a whole number from 0 to 65535, or nothing for none'),
  WEB_CONCURRENCY: whole(1, 256, 1),
  REDIS_URL: z
    .string()
    .refine((value) => isUrl(value, ['redis:', 'rediss:']))
    .optional()
    .describe('a URL that begins with redis:// or rediss://, or nothing for one process alone'),
  REDIS_MODE: z.enum(['single', 'sentinel', 'cluster']).default('single').describe('one of single, sentinel, cluster'),
  REDIS_NODES: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().refine((value) => addressIn(value) !== null)))
    .default([])
    .describe('more Sentinels or nodes of the Cluster such as 10.0.0.2:26379, joined by commas'),
  REDIS_SENTINEL_NAME: z.string().min(1).default('mymaster').describe('what the Sentinels call the server'),
  REDIS_SENTINEL_USERNAME: z.string().min(1).optional().describe('a user of the Sentinels, or nothing'),
  REDIS_SENTINEL_PASSWORD: z.string().min(1).optional().describe('the password of the Sentinels, or nothing'),
  REDIS_TLS_CA: z.string().min(1).optional().describe('a file of certificates that the servers may be signed by'),
  DATABASE_URL: z
    .string()
    .refine((value) => isUrl(value, ['postgres:', 'postgresql:']))
    .optional()
    .describe('a URL that begins with postgres:// or postgresql://, or nothing for an embedded one'),
  DATA_DIR: z.string().min(1).default('.data').describe('a folder for what the embedded PostgreSQL keeps'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9:_-]{1,64}$/)
    .default('tidewire')
    .describe('1 to 64 letters, digits, colons, dashes and underscores'),
  FEEDS: z
    .string()
    .transform(names)
    .pipe(z.array(z.enum(FEED_NAMES as [FeedName, ...FeedName[]])).min(1))
    .default(['simulated'])
    .describe(`one or more of ${FEED_NAMES.join(', ')}, joined by commas`),
  SYMBOLS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(SYMBOL)).max(1_000))
    .default([])
    .describe(
      'symbols such as BTCUSDT or BTCUSDT-PERP, joined by commas, or nothing for what each feed gives by itself',
    ),
  MARKET_SHARDS: whole(1, 64, 1),
  RISK_SHARDS: whole(1, 64, 1),
  TRADING_SHARDS: whole(1, 64, 1),
  SIMULATION_SEED: whole(0, 2 ** 32 - 1, 1),
  BINANCE_WS_URL: url(['ws:', 'wss:'], 'wss://stream.binance.com:9443'),
  BINANCE_REST_URL: url(['http:', 'https:'], 'https://api.binance.com'),
  BINANCE_FUTURES_WS_URL: url(['ws:', 'wss:'], 'wss://fstream.binance.com'),
  BINANCE_FUTURES_REST_URL: url(['http:', 'https:'], 'https://fapi.binance.com'),
  BINANCE_WS_API_URL: url(['ws:', 'wss:'], 'wss://ws-api.binance.com:443'),
  BINANCE_ACCOUNT_OWNER: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .transform((address) => getAddress(address))
    .optional()
    .describe('the address of the owner whose account at Binance is followed'),
  BINANCE_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .optional()
    .describe('an HMAC key of the venue that may read, and nothing else'),
  BINANCE_API_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .optional()
    .describe('the secret of that key'),
  HYPERLIQUID_WS_URL: url(['ws:', 'wss:'], 'wss://api.hyperliquid.xyz'),
  HYPERLIQUID_REST_URL: url(['http:', 'https:'], 'https://api.hyperliquid.xyz'),
  HYPERLIQUID_ACCOUNTS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^0x[0-9a-fA-F]{40}$/)).max(MAX_ACCOUNTS))
    .transform((addresses) => addresses.map((address) => getAddress(address)))
    .default([])
    .describe(
      `addresses whose positions are followed, at most ${MAX_ACCOUNTS} (the venue allows no more), joined by commas`,
    ),
  PYTH_HERMES_URL: url(['http:', 'https:'], 'https://hermes.pyth.network'),
  PYTH_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .optional()
    .describe('the key that the oracle gave you'),
  PYTH_PRICE_IDS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^[A-Z0-9.-]{1,40}=(0x)?[0-9A-Fa-f]{64}$/)))
    .default([])
    .describe('price feeds by symbol such as BTCUSD=e62df6c8..., joined by commas, or nothing to look them up'),
  PRICE_INTERVAL_MS: whole(0, 60_000, 0),
  MARKET_STATS_INTERVAL_MS: whole(0, 600_000, 5_000),
  CANDLE_INTERVAL_MS: whole(50, 60_000, 500),
  SIGNAL_INTERVALS: z
    .string()
    .transform(names)
    .pipe(z.array(z.enum(CANDLE_INTERVALS)).min(1))
    .optional()
    .describe(`one or more of ${CANDLE_INTERVALS.join(', ')}, joined by commas`),
  POSITION_INTERVAL_MS: whole(100, 600_000, 2_000),
  LIQUIDATION_INTERVAL_MS: whole(100, 600_000, 5_000),
  PORTFOLIO_INTERVAL_MS: whole(100, 600_000, 5_000),
  PAPER_BALANCES: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^[A-Z]{3,5}=\d{1,15}$/)).min(1))
    .default(['USDT=100000', 'USD=100000'])
    .describe('what a paper account begins with, such as USDT=100000,USD=100000'),
  MARKET_HISTORY_INTERVAL_MS: whole(1_000, 86_400_000, 60_000),
  RISK_HISTORY_INTERVAL_MS: whole(1_000, 86_400_000, 60_000),
  AT_RISK_HEALTH_FACTOR: z
    .string()
    .regex(/^(1(\.\d{1,6})?|2(\.0{1,6})?)$/)
    .default('1.2')
    .transform((value) => decimal(value))
    .describe('a number from 1 to 2'),
  RISK_MODEL: z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        return riskModel(JSON.parse(text) as Partial<RiskModel>);
      } catch {
        context.addIssue({ code: 'custom' });
        return z.NEVER;
      }
    })
    .describe('JSON with weights, half points and tables of the risk score that differ from the default ones'),
  DURABLE_RETENTION_DAYS: whole(1, 3_650, 30),
  RETENTION_MS: whole(1_000, 86_400_000, 600_000),
  RETENTION_EVENTS: z
    .string()
    .regex(/^[1-9]\d{0,7}$/)
    .transform(Number)
    .optional()
    .describe("a whole number from 1 to 99999999, or nothing for each topic's own"),
  HEARTBEAT_INTERVAL_MS: whole(100, 600_000, 25_000),
  HEARTBEAT_TIMEOUT_MS: whole(50, 600_000, 8_000),
  IDLE_TIMEOUT_MS: whole(1_000, 86_400_000, 300_000),
  MAX_QUEUE_BYTES: whole(65_536, 1_073_741_824, 1_048_576),
  MAX_CONNECTIONS: whole(1, 1_000_000, 10_000),
  MAX_CONNECTIONS_PER_IP: whole(1, 1_000_000, 100),
  MAX_CONNECTIONS_PER_USER: whole(1, 1_000_000, 20),
  MAX_CONNECTIONS_PER_API_KEY: whole(1, 1_000_000, 20),
  CONNECTIONS_PER_SECOND_PER_IP: whole(1, 1_000_000, 10),
  MAX_SUBSCRIPTIONS_PER_CONNECTION: whole(1, 100_000, 100),
  MAX_STREAMS: whole(1, 1_000_000, 10_000),
  MAX_STREAMS_PER_CLIENT: whole(1, 1_000_000, 100),
  MESSAGES_PER_SECOND: whole(1, 1_000_000, 20),
  MESSAGE_BURST: whole(1, 1_000_000, 400),
  REQUESTS_PER_SECOND_PER_IP: whole(1, 1_000_000, 100),
  REQUEST_BURST: whole(1, 1_000_000, 1_000),
  MAX_MESSAGE_BYTES: whole(1_024, 16_777_216, 65_536),
  HANDSHAKE_TIMEOUT_MS: whole(10, 600_000, 3_000),
  REQUEST_TIMEOUT_MS: whole(10, 600_000, 10_000),
  NEW_DOCUMENTS_PER_SECOND: whole(1, 1_000_000, 2),
  NEW_DOCUMENTS_PER_SECOND_PER_PROCESS: whole(1, 1_000_000, 50),
  MAX_TOKENS: whole(10, 100_000, 2_000),
  MAX_DEPTH: whole(1, 1_000, 12),
  MAX_COMPLEXITY: whole(1, 1_000_000_000, 5_000),
  MAX_ALIASES: whole(0, 100_000, 50),
  MAX_DIRECTIVES: whole(0, 100_000, 50),
  MAX_ROOT_FIELDS: whole(1, 100_000, 20),
  MAX_FIELDS: whole(1, 100_000, 1_000),
  MAX_COMPARISONS: whole(0, 1_000_000_000, 5_000),
  TRUSTED_PROXIES: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().refine(isNetwork)))
    .default([])
    .describe('addresses or networks such as 10.0.0.0/8, joined by commas, or nothing for none'),
  ALLOWED_ORIGINS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().refine(isOrigin)).min(1))
    .optional()
    .describe('origins such as https://app.example.com, joined by commas, or nothing for any'),
  JWT_SECRET: z
    .string()
    .refine((value) => Buffer.byteLength(value) >= 32)
    .optional()
    .describe('at least 32 bytes, the same in every process'),
  JWKS_URL: z
    .string()
    .refine((value) => isUrl(value, ['http:', 'https:']))
    .optional()
    .describe('a URL that begins with http:// or https://, of the public keys of an identity provider'),
  JWT_ISSUER: z.string().min(1).optional().describe('the `iss` that every token must have, or nothing for any'),
  JWT_AUDIENCE: z.string().min(1).optional().describe('the `aud` that every token must have, or nothing for any'),
  TOKEN_LIFE_MS: whole(10_000, 86_400_000, 900_000),
  SIGN_IN_DOMAINS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^[A-Za-z0-9.:[\]-]{1,255}$/)).min(1))
    .optional()
    .describe('hosts with their ports such as app.example.com, joined by commas, or nothing for this server itself'),
  EVM_RPC_URLS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^\d{1,15}=(https?|wss?):\/\/\S+$/)))
    .default([])
    .describe('nodes by chain id such as 1=https://node.example.com, joined by commas'),
  EVM_CHAINS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('a JSON file that says of chains what is not preset, or nothing'),
  MIN_OPPORTUNITY_USD: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,8})?$/)
    .default('1')
    .transform((value) => decimal(value))
    .describe('a number of dollars, 0 or more'),
  EVM_POOLS: z
    .string()
    .transform(names)
    .pipe(z.array(z.string().regex(/^\d{1,15}=0x[0-9a-fA-F]{40}$/)))
    .default([])
    .describe(
      'pools by chain id such as 56=0x58F8…, joined by commas, or nothing for what is heard of known factories',
    ),
  DEMO_IDENTITY: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe('true or false; nothing for true on the loopback'),
  REQUIRE_IDENTITY: flag(false),
  NODE_ENV: z.string().default('development').describe('production where strangers come'),
  GRAPHIQL: flag(true),
  DASHBOARD: flag(true),
  INTROSPECTION: flag(true),
  SUBSCRIPTIONS_ENABLED: flag(true),
  TRUSTED_DOCUMENTS: flag(false),
  TRUSTED_DOCUMENTS_MANIFEST: z.string().min(1).optional().describe('a file that codegen wrote, or nothing'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`one of ${LOG_LEVELS.join(', ')}`),
});

export type Config = z.infer<typeof Environment>;

/** A value of the environment that cannot be used. Its message is one line that says which, and what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment once. An empty variable counts as one that is not set.
 * @throws ConfigError
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]) as keyof typeof Environment.shape;
    // What is secret, and a URL, which may carry a password, is not repeated.
    const value = /_(URLS?|SECRET|KEY|PASSWORD)$/.test(name) ? 'its value' : JSON.stringify(given[name]);
    throw new ConfigError(`${name}: ${value} is not allowed; allowed is ${Environment.shape[name].description}.`);
  }
  return parsed.data;
}

function isUrl(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

/** A host and a port; null for what is none. */
export function addressIn(value: string): { readonly host: string; readonly port: number } | null {
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:.]+\]|[^:\s/@]+):(\d{1,5})$/.exec(value) ?? [];
  return host === '' || Number(port) > 65_535 ? null : { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
