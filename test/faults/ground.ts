import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SharedBus } from '../../src/bus/bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/main/postgres/embedded-postgres.ts';
import { migrate } from '../../src/store/migrations.ts';
import { COMPILED } from '../support/compiled.ts';
import { findRedisRuntime, freePort, type RedisProcess, runRedis } from '../support/redis-runtime.ts';

const silent = createLog('silent');

/** A process of the product that a supervisor looks after: the same command as in docker-compose.yml. */
export class Kept {
  readonly name: string;
  readonly role: 'api' | 'worker';
  readonly url: string;
  readonly #environment: Readonly<Record<string, string>>;
  /** Where its log goes, when nobody reads it. */
  readonly #logTo: string | null;
  readonly #flags: readonly string[];
  process: ChildProcess | null = null;
  /** What it last logged. */
  readonly log: string[] = [];

  constructor(
    name: string,
    role: 'api' | 'worker',
    environment: Readonly<Record<string, string>>,
    port: number,
    more: { readonly logTo?: string; readonly flags?: readonly string[] } = {},
  ) {
    this.name = name;
    this.role = role;
    this.#environment = environment;
    this.url = `http://127.0.0.1:${port}`;
    this.#logTo = more.logTo ?? null;
    this.#flags = more.flags ?? [];
  }

  /** Resolves when it works, or is ready for clients. */
  async start(): Promise<void> {
    const out = this.#logTo === null ? 'pipe' : openSync(this.#logTo, 'w');
    const child = spawn(process.execPath, ['--max-semi-space-size=16', ...this.#flags, `src/main/${this.role}.ts`], {
      env: { PATH: process.env['PATH'], ...COMPILED, ...this.#environment, PORT: new URL(this.url).port },
      stdio: ['ignore', out, 'pipe'],
    });
    this.process = child;
    const keep = (line: string) => {
      this.log.push(line);
      if (this.log.length > 500) this.log.shift();
    };
    child.stderr?.on('data', (data) => keep(String(data)));
    const working = Promise.withResolvers<void>();
    child.once('exit', () => working.reject(new Error(`${this.name} ended: ${this.log.slice(-5).join('\n')}`)));
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        keep(line);
        if (line.includes('"listening"') || line.includes('"working"')) working.resolve();
      });
    else this.#answers().then(working.resolve, working.reject);
    await working.promise;
  }

  /** Resolves when it answers: its log is not to be read. */
  async #answers(): Promise<void> {
    while (this.process?.exitCode === null && !(await fetch(`${this.url}/health/live`).catch(() => null)))
      await pause(100);
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Resolves with its exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    const child = this.process;
    if (!child || child.exitCode !== null) return child?.exitCode ?? 0;
    const ended = new Promise<number | string>((resolve) => child.once('exit', (code, by) => resolve(code ?? by ?? 0)));
    child.kill(signal);
    return ended;
  }

  /** Resident memory, megabytes. */
  get memoryMb(): number {
    try {
      const status = readFileSync(`/proc/${this.process?.pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      return 0;
    }
  }
}

/** A server's address that stays when the server behind it comes back at another. */
class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  target = 0;

  constructor() {
    this.#server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      }
    });
  }

  open(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as { port: number }).port));
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

/** Two servers of clients, two workers, a Redis and a PostgreSQL: all of them real, all of them mortal. */
export class Ground {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidewire-faults-'));
  readonly #door = new Door();
  #postgres: EmbeddedPostgres | null = null;
  redis: RedisProcess | null = null;
  #redisArgs: readonly string[] = [];
  bus: SharedBus | null = null;
  environment: Readonly<Record<string, string>> = {};
  readonly apis: Kept[] = [];
  readonly workers: Kept[] = [];

  /** @param apis how many. @param more settings of all processes. */
  static async open(apis = 2, more: Readonly<Record<string, string>> = {}): Promise<Ground> {
    const ground = new Ground();
    try {
      await ground.#open(apis, more);
      return ground;
    } catch (error) {
      await ground.close();
      throw error;
    }
  }

  async #open(apis: number, more: Readonly<Record<string, string>>): Promise<void> {
    chmodSync(this.#folder, 0o755);
    const runtime = findRedisRuntime();
    if (!runtime) throw new Error('there is no redis-server here');
    this.#redisArgs = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    this.redis = await runRedis(runtime, this.#folder, this.#redisArgs);
    const doorPort = await this.#door.open();
    await this.startPostgres();
    await migrate(this.#postgres?.url ?? '', silent);
    const database = new URL(this.#postgres?.url ?? '');
    database.port = String(doorPort);
    this.environment = {
      REDIS_URL: `redis://127.0.0.1:${this.redis.port}`,
      DATABASE_URL: database.toString(),
      JWT_SECRET: 'a secret of the tests, long enough',
      DEMO_IDENTITY: 'true',
      HEARTBEAT_INTERVAL_MS: '1000',
      MAX_CONNECTIONS_PER_IP: '100000',
      CONNECTIONS_PER_SECOND_PER_IP: '100000',
      REQUESTS_PER_SECOND_PER_IP: '100000',
      REQUEST_BURST: '100000',
      NEW_DOCUMENTS_PER_SECOND: '1000',
      NEW_DOCUMENTS_PER_SECOND_PER_PROCESS: '100000',
      ...more,
    };
    for (let number = 1; number <= apis; number++)
      this.apis.push(new Kept(`api ${number}`, 'api', this.environment, await freePort()));
    for (const name of ['worker 1', 'worker 2']) this.workers.push(new Kept(name, 'worker', this.environment, 0));
    await Promise.all([...this.apis, ...this.workers].map((kept) => kept.start()));
    this.bus = createRedisBus({ url: this.environment['REDIS_URL'] ?? '', clock: systemClock, log: silent });
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres(join(this.#folder, 'postgres'), silent);
    this.#door.target = Number(new URL(this.#postgres.url).port);
  }

  async stopPostgres(): Promise<void> {
    await this.#postgres?.stop();
    this.#postgres = null;
  }

  get postgresUrl(): string {
    return this.#postgres?.url ?? '';
  }

  async killRedis(): Promise<void> {
    this.redis?.signal('SIGKILL');
    await this.redis?.ended;
  }

  /** @param empty as if its disk had gone with it. */
  async reviveRedis(empty: boolean): Promise<void> {
    if (empty) rmSync(join(this.#folder, 'appendonlydir'), { recursive: true, force: true });
    this.redis = await runRedis('binary', this.#folder, this.#redisArgs, this.redis?.port);
  }

  async close(): Promise<void> {
    await this.bus?.close();
    await Promise.all([...this.apis, ...this.workers].map((kept) => kept.end('SIGKILL')));
    await this.killRedis();
    await this.stopPostgres().catch(() => undefined);
    this.#door.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
