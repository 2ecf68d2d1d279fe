import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisAddress, RedisServer, RedisTopology } from '../../src/bus/redis-client.ts';
import { freePort, type RedisProcess, runRedis } from './redis-runtime.ts';
import { until } from './until.ts';

const PLAIN: RedisTopology = {
  kind: 'single',
  nodes: [],
  masterName: 'mymaster',
  sentinelUsername: null,
  sentinelPassword: null,
  caFile: null,
};

/** Several real servers that are one Redis, of one test. Call {@link stop} at the end. */
export class RedisServers {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidewire-redis-servers-'));
  readonly servers: RedisProcess[] = [];
  readonly #restarts: ((port: number) => Promise<RedisProcess>)[] = [];

  /** Three nodes that share the slots, without replicas. */
  async cluster(): Promise<RedisServer> {
    const busPorts: number[] = [];
    for (const at of [0, 1, 2]) {
      const busPort = await freePort();
      busPorts.push(busPort);
      await this.#run(`node-${at}`, [
        ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', '2000'],
        ...['--appendonly', 'yes', '--appendfsync', 'always'],
      ]);
    }
    const addresses = this.#addresses;
    const clients = addresses.map((address) => new Redis({ ...address }));
    const [first] = clients;
    const shares = [
      [0, 5_460],
      [5_461, 10_922],
      [10_923, 16_383],
    ];
    for (const [at, client] of clients.entries()) {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', ...(shares[at] ?? []).map(String));
      await first?.call('CLUSTER', 'MEET', '127.0.0.1', `${addresses[at]?.port}`, `${busPorts[at]}`);
    }
    await until('the cluster stands', async () => {
      const infos = await Promise.all(clients.map((client) => client.cluster('INFO')));
      return infos.every((info) => info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3'));
    });
    for (const client of clients) client.disconnect();
    const [{ port } = { port: 0 }, ...nodes] = addresses;
    return { url: `redis://127.0.0.1:${port}`, topology: { ...PLAIN, kind: 'cluster', nodes } };
  }

  /** A server, its replica, and a Sentinel that makes the replica take over within a second. */
  async sentinel(): Promise<RedisServer> {
    const master = await this.#run('master', []);
    await this.#run('replica', ['--replicaof', '127.0.0.1', `${master.port}`]);
    const file = join(this.#folder, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `sentinel monitor tide 127.0.0.1 ${master.port} 1`,
        'sentinel down-after-milliseconds tide 500',
        'sentinel failover-timeout tide 2000',
        '',
      ].join('\n'),
    );
    const sentinel = await runRedis('binary', this.#folder, [file, '--sentinel']);
    this.servers.push(sentinel);
    const asked = new Redis({ host: '127.0.0.1', port: sentinel.port });
    await until('the Sentinel knows the replica', async () =>
      String(await asked.call('SENTINEL', 'replicas', 'tide')).includes('master-link-status,ok'),
    );
    asked.disconnect();
    return { url: `redis://127.0.0.1:${sentinel.port}`, topology: { ...PLAIN, kind: 'sentinel', masterName: 'tide' } };
  }

  /** One server that speaks TLS alone, by a certificate of its own, to one user who may only do what the product needs. */
  async secured(prefix: string): Promise<RedisServer> {
    const [key, certificate] = [join(this.#folder, 'key.pem'), join(this.#folder, 'certificate.pem')];
    const { status, stderr } = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=tidewire', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ]);
    if (status !== 0) throw new Error(`no certificate: ${String(stderr)}`);
    const tlsPort = await freePort();
    await this.#run('secured', [
      ...[
        '--tls-port',
        `${tlsPort}`,
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-auth-clients',
        'no',
      ],
      ...['--user', 'default', 'off'],
      // As docs/OPERATIONS.md says.
      ...[
        '--user',
        'tide',
        'on',
        '>p@ss:word',
        `~${prefix}:*`,
        `&${prefix}:*`,
        '+@all',
        '-@admin',
        '-@dangerous',
        '+info',
      ],
    ]);
    const password = encodeURIComponent('p@ss:word');
    return { url: `rediss://tide:${password}@127.0.0.1:${tlsPort}`, topology: { ...PLAIN, caFile: certificate } };
  }

  /** Kills a server and starts it again where it was, with what it had on its disk. */
  async restart(at: number): Promise<void> {
    const [server, start] = [this.servers[at], this.#restarts[at]];
    if (!server || !start) throw new Error(`there is no server ${at}`);
    server.signal('SIGKILL');
    await server.ended;
    this.servers[at] = await start(server.port);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) server.signal('SIGKILL');
    await Promise.all(this.servers.map(({ ended }) => ended));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #addresses(): readonly RedisAddress[] {
    return this.servers.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  async #run(name: string, args: readonly string[]): Promise<RedisProcess> {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    const start = (port?: number) => runRedis('binary', folder, ['--save', '', ...args], port);
    const server = await start();
    this.servers.push(server);
    this.#restarts.push(start);
    return server;
  }
}
