import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Credential } from '../../model/identity.ts';
import type { Revocation } from '../../model/revocation.ts';
import type { Accounts } from '../../store/accounts.ts';
import { Decoder } from '../../store/decode.ts';

/** What is known to be good no longer. */
export interface Revoked {
  has(credential: Credential): boolean;
}

/** How often what the database knows is read again, milliseconds: word of a revocation may get lost with a connection. */
const READ_EVERY_MS = 60_000;

/** How far two processes' clocks may differ, milliseconds: what one wrote is read this long after by the other. */
const OVERLAP_MS = 60_000;

/** Wait before a failed reading is tried again, milliseconds. */
const RETRY_MS = 1_000;

/**
 * Revocations of all processes: said on the bus at once, and kept in the database for those who were not there. Keys are
 * looked up at each use; of tokens, which prove themselves, the revoked ones must be known.
 */
export class Revocations implements Revoked {
  readonly #bus: Bus;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #known = new Set<string>();
  readonly #listeners = new Set<(credential: Pick<Credential, 'kind' | 'id'>) => void>();
  readonly #decoder: Decoder;
  /** Up to when the database's revoked keys have been read, milliseconds. */
  #readTo: number;
  #unsubscribe: (() => void) | null = null;
  #timer: Cancel | null = null;
  #stopped = false;

  constructor(bus: Bus, accounts: Accounts, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#bus = bus;
    this.#accounts = accounts;
    this.#clock = clock;
    this.#log = log;
    this.#decoder = new Decoder(log);
    this.#readTo = clock.now();
  }

  start(): void {
    background('hear revocations', this.#subscribe(), this.#log);
    background('read revocations', this.#read(), this.#log);
  }

  has({ kind, id }: Credential): boolean {
    return this.#known.has(`${kind} ${id}`);
  }

  /** Calls with every credential that is revoked from now on, in whatever process. */
  onRevoked(listener: (credential: Pick<Credential, 'kind' | 'id'>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** To be called once the database knows of it. */
  async tell(credential: Pick<Credential, 'kind' | 'id'>): Promise<void> {
    this.#learn(credential);
    await this.#bus.publishEvent(topics.revocations, { ...credential, timestamp: this.#clock.now() });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
    this.#unsubscribe?.();
  }

  async #subscribe(): Promise<void> {
    try {
      const unsubscribe = await this.#bus.subscribe(topics.revocations, {
        message: (record) => {
          const revocation = this.#decoder.decode<Revocation>(topics.revocations.name, record);
          if (revocation) this.#learn(revocation.value);
        },
        restored: () => background('read revocations', this.#catchUp(), this.#log),
      });
      if (this.#stopped) unsubscribe();
      else this.#unsubscribe = unsubscribe;
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'revocations are not heard yet');
      if (!this.#stopped) this.#clock.after(RETRY_MS, () => this.start());
    }
  }

  async #read(): Promise<void> {
    const again = await this.#catchUp().then(
      () => READ_EVERY_MS,
      () => RETRY_MS,
    );
    if (this.#stopped) return;
    this.#timer?.();
    this.#timer = this.#clock.after(again, () => background('read revocations', this.#read(), this.#log));
  }

  async #catchUp(): Promise<void> {
    const now = this.#clock.now();
    const [tokens, keys] = await Promise.all([
      this.#accounts.revokedTokens(),
      this.#accounts.revokedKeys(this.#readTo - OVERLAP_MS),
    ]);
    for (const id of tokens) this.#learn({ kind: 'token', id });
    for (const id of keys) this.#learn({ kind: 'apiKey', id });
    this.#readTo = now;
  }

  #learn({ kind, id }: Pick<Credential, 'kind' | 'id'>): void {
    const key = `${kind} ${id}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    for (const listener of this.#listeners) listener({ kind, id });
  }
}
