import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { limitSettings } from '../../src/main/limit-settings.ts';
import { redisOf } from '../../src/main/shared-bus.ts';
import { runRole } from '../support/role.ts';

describe('the environment', () => {
  test('may be empty: everything has a default', () => {
    expect(readConfig({})).toMatchObject({
      PORT: 4000,
      HOST: '127.0.0.1',
      FEEDS: ['simulated'],
      SYMBOLS: [],
      GRAPHIQL: true,
    });
    expect(readConfig({ PORT: '', FEEDS: '' })).toEqual(readConfig({}));
  });

  test('sets every limit, to what is documented where it says nothing', () => {
    expect(limitSettings(readConfig({}))).toEqual({
      trustedProxies: [],
      maxConnections: 10_000,
      maxConnectionsPerIp: 100,
      maxConnectionsPerUser: 20,
      maxConnectionsPerApiKey: 20,
      connectionsPerSecondPerIp: 10,
      maxSubscriptionsPerConnection: 100,
      maxStreams: 10_000,
      maxStreamsPerClient: 100,
      messagesPerSecond: 20,
      messageBurst: 400,
      maxQueueBytes: 1_048_576,
      requestsPerSecondPerIp: 100,
      requestBurst: 1_000,
      maxMessageBytes: 65_536,
      handshakeTimeoutMs: 3_000,
      requestTimeoutMs: 10_000,
      newDocumentsPerSecond: 2,
      newDocumentsPerSecondPerProcess: 50,
      maxTokens: 2_000,
      maxDepth: 12,
      maxComplexity: 5_000,
      maxAliases: 50,
      maxDirectives: 50,
      maxRootFields: 20,
      maxFields: 1_000,
      maxComparisons: 5_000,
    });
    const { trustedProxies, maxDepth } = limitSettings(
      readConfig({ TRUSTED_PROXIES: '10.0.0.0/8, ::1', MAX_DEPTH: '7' }),
    );
    expect([trustedProxies, maxDepth]).toEqual([['10.0.0.0/8', '::1'], 7]);
  });

  test('is read in words: lists, numbers, flags', () => {
    expect(
      readConfig({ PORT: '0', SYMBOLS: ' BTCUSDT, BTCUSDT-PERP ,', FEEDS: 'binance', GRAPHIQL: 'false' }),
    ).toMatchObject({
      PORT: 0,
      SYMBOLS: ['BTCUSDT', 'BTCUSDT-PERP'],
      FEEDS: ['binance'],
      GRAPHIQL: false,
    });
  });

  test.each([
    ['PORT', '70000', 'PORT: "70000" is not allowed; allowed is a whole number from 0 to 65535.'],
    ['PORT', '4000x', 'a whole number'],
    [
      'FEEDS',
      'nasdaq',
      'FEEDS: "nasdaq" is not allowed; allowed is one or more of simulated, binance, hyperliquid, pyth, joined by commas.',
    ],
    ['SYMBOLS', 'btc usdt', 'symbols such as BTCUSDT'],
    ['GRAPHIQL', 'yes', 'true or false'],
    ['LOG_LEVEL', 'loud', 'one of fatal, error'],
    ['ALLOWED_ORIGINS', 'example.com', 'origins such as https://app.example.com'],
    ['BINANCE_WS_URL', 'https://stream.binance.com', 'a URL that begins with ws:// or wss://'],
    ['RETENTION_EVENTS', '-1', 'a whole number'],
    ['TRUSTED_PROXIES', '10.0.0.0/8, localhost', 'addresses or networks such as 10.0.0.0/8'],
    ['MAX_CONNECTIONS_PER_IP', '0', 'a whole number from 1'],
    ['SIMULATION_SEED', '4294967296', 'from 0 to 4294967295'],
  ])('with %s=%s is refused in one line that says what is allowed', (name, value, told) => {
    expect(() => readConfig({ [name]: value })).toThrow(told);
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: [^\\n]*$`));
  });

  test.each([
    [{ REDIS_MODE: 'cluster' }, 'REDIS_URL: REDIS_MODE=cluster needs it'],
    [{ REDIS_URL: 'redis://a', REDIS_NODES: 'b:1' }, 'REDIS_NODES: one server has one address'],
    [{ REDIS_URL: 'redis://a/3', REDIS_MODE: 'cluster' }, 'REDIS_URL: a Cluster has no numbered databases'],
    [{ REDIS_URL: 'rediss://a', REDIS_TLS_CA: '/nowhere.pem' }, 'REDIS_TLS_CA: there is no file "/nowhere.pem"'],
    [{ REDIS_URL: 'redis://a', REDIS_TLS_CA: 'package.json' }, 'REDIS_TLS_CA: it is for TLS'],
  ])('of a Redis has to fit together: %o', (environment, told) => {
    expect(() => redisOf(readConfig(environment))).toThrow(told);
  });

  test('names the parts of a Redis', () => {
    const { REDIS_URL, ...more } = {
      REDIS_URL: 'redis://u:p@10.0.0.1:26379',
      REDIS_MODE: 'sentinel',
      REDIS_NODES: '10.0.0.2:26379,[::1]:26380',
      REDIS_SENTINEL_NAME: 'tide',
    };
    expect(redisOf(readConfig({}))).toBe(null);
    expect(redisOf(readConfig({ REDIS_URL, ...more }))).toMatchObject({
      url: REDIS_URL,
      topology: {
        kind: 'sentinel',
        masterName: 'tide',
        nodes: [
          { host: '10.0.0.2', port: 26_379 },
          { host: '::1', port: 26_380 },
        ],
      },
    });
    expect(() => readConfig({ REDIS_NODES: 'somewhere' })).toThrow(/^REDIS_NODES: "somewhere" is not allowed/);
  });

  test('never has a password repeated', () => {
    expect(() => readConfig({ REDIS_URL: 'http://user:hunter2@host' })).toThrow(/^REDIS_URL: its value is not allowed/);
    expect(() => readConfig({ REDIS_URL: 'http://user:hunter2@host' })).not.toThrow(/hunter2/);
  });
});

describe('a process', () => {
  test.each([
    ['all', { PORT: 'none' }, /^PORT: "none" is not allowed; [^\n]+\n$/],
    ['all', { SYMBOLS: 'DOGEUSDT' }, /^SYMBOLS: [^\n]*DOGEUSDT[^\n]*allowed: [^\n]*BTCUSDT[^\n]*\n$/],
    ['all', { FEEDS: 'simulated,binance' }, /^FEEDS: "simulated" beside a live feed is not allowed[^\n]*\n$/],
    ['api', {}, /^REDIS_URL: [^\n]*\n$/],
    ['worker', {}, /^REDIS_URL: [^\n]*\n$/],
  ] as const)('%s with %o ends with one line and code 1', async (role, environment, line) => {
    const { code, output } = await runRole(role, environment);
    expect(output).toMatch(line);
    expect(code).toBe(1);
  });
});
