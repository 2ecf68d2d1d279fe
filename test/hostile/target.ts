import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { Tokens } from '../../src/server/identity/tokens.ts';
import type { Measured } from './entry.ts';

/**
 * What differs from `npm start`: how much is taken, since what limits turn away reaches nothing behind them (they have
 * their own tests); how long is waited, since a test does not wait for minutes; and how much is logged.
 */
const SETTINGS = {
  PORT: '0',
  LOG_LEVEL: 'trace',
  TRUSTED_PROXIES: '127.0.0.1',
  REQUESTS_PER_SECOND_PER_IP: '1000000',
  REQUEST_BURST: '1000000',
  CONNECTIONS_PER_SECOND_PER_IP: '1000000',
  MESSAGES_PER_SECOND: '1000000',
  MESSAGE_BURST: '1000000',
  NEW_DOCUMENTS_PER_SECOND: '1000000',
  NEW_DOCUMENTS_PER_SECOND_PER_PROCESS: '1000000',
  MAX_CONNECTIONS_PER_IP: '10000',
  MAX_CONNECTIONS_PER_USER: '10000',
  REQUEST_TIMEOUT_MS: '1500',
  HANDSHAKE_TIMEOUT_MS: '1000',
  HEARTBEAT_INTERVAL_MS: '2000',
  HEARTBEAT_TIMEOUT_MS: '1500',
  // What is kept for those who resume is no leak: it is full from the beginning on.
  RETENTION_EVENTS: '500',
};

/** Highest level that may be logged whatever is sent: `warn`. */
const WARN = 40;

/** Longest wait for the process to say something, milliseconds. */
const PATIENCE_MS = 60_000;

interface Secrets {
  readonly secret: string;
  readonly token: string;
  readonly apiKey: string;
}

/** The product in a process of its own, to be attacked. */
export class Target {
  readonly url: string;
  readonly port: number;
  /** A token of a user of its own that it takes. */
  readonly token: string;
  /** A key of the same user. */
  readonly apiKey: string;
  /** Found in its output, they were logged. */
  readonly #secrets: readonly string[];
  readonly #child: ChildProcess;
  readonly #output: string[];
  readonly #folder: string;
  #ended: string | null = null;

  private constructor(url: string, child: ChildProcess, output: string[], folder: string, secrets: Secrets) {
    this.url = url;
    this.port = Number(new URL(url).port);
    this.token = secrets.token;
    this.apiKey = secrets.apiKey;
    this.#secrets = Object.values(secrets);
    this.#child = child;
    this.#output = output;
    this.#folder = folder;
    child.once('exit', (code, signal) => {
      this.#ended = signal ?? `code ${code}`;
    });
  }

  static async start(): Promise<Target> {
    const folder = await mkdtemp(join(tmpdir(), 'tidewire-hostile-'));
    // Run by root, PostgreSQL is another account, which must get in.
    await chmod(folder, 0o755);
    const secret = randomBytes(32).toString('hex');
    const options = { secret: Buffer.from(secret), jwksUrl: null, issuer: null, audience: null };
    const user = { userId: 'mallory', addresses: [] };
    const { token } = await new Tokens(options, systemClock).sign(user, ['read', 'write'], 86_400_000);
    const entry = new URL('entry.ts', import.meta.url).pathname;
    const flags = ['--max-semi-space-size=16', '--expose-gc', '--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...flags, entry], {
      env: { PATH: process.env['PATH'], ...SETTINGS, DATA_DIR: folder, JWT_SECRET: secret },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const output: string[] = [];
    child.stderr?.on('data', (data) => output.push(String(data)));
    const url = await new Promise<string>((resolve, reject) => {
      // Not by readline: it ends a line at U+2028 as well, which JSON leaves in a text as it is.
      let rest = '';
      child.stdout?.setEncoding('utf8').on('data', (data: string) => {
        const lines = (rest + data).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          output.push(line);
          const found = /"url":"(http[^"]+)\/graphql"/.exec(line)?.[1];
          if (found) resolve(found);
        }
      });
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output.join('\n')}`)));
    });
    return new Target(url, child, output, folder, { secret, token, apiKey: await newKey(url, token) });
  }

  /** How it ended; null while it runs. */
  get ended(): string | null {
    return this.#ended;
  }

  /** Resolves with what it holds after a collection. */
  measure(): Promise<Measured> {
    return new Promise((resolve, reject) => {
      const bound = setTimeout(() => reject(new Error('it does not say what it holds')), PATIENCE_MS);
      this.#child.once('message', (found) => {
        clearTimeout(bound);
        resolve(found as Measured);
      });
      this.#child.send('measure');
    });
  }

  /** What `/status` says. */
  async status(): Promise<Record<string, number>> {
    return (await (await fetch(`${this.url}/status`)).json()) as Record<string, number>;
  }

  /** Lines that should not be in a log: what is worse than a warning, what is no log at all, what has a secret in it. */
  get badLines(): readonly string[] {
    return this.#output.filter((line) => {
      const level = /^\{"level":(\d+),/.exec(line)?.[1];
      if (level === undefined || Number(level) > WARN) return true;
      return this.#secrets.some((secret) => line.includes(secret));
    });
  }

  get linesLogged(): number {
    return this.#output.length;
  }

  /** Ends it in order; how it ended. */
  async stop(): Promise<string> {
    if (this.#ended === null) {
      const exit = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      await exit;
    }
    await rm(this.#folder, { recursive: true, force: true });
    return this.#ended ?? '';
  }
}

async function newKey(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: 'mutation { createApiKey(input: {name: "k"}) { secret } }' }),
  });
  const { data } = (await response.json()) as { readonly data: { readonly createApiKey: { readonly secret: string } } };
  return data.createApiKey.secret;
}
