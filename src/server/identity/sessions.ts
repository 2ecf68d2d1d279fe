import type { ProcessBus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { ApiError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Identity } from '../../model/identity.ts';
import { renewBefore } from '../../model/session-report.ts';
import type { Revocations } from './revocations.ts';

/** `lost`: of two proofs of one user the newer one gives less. */
export type Dismissal = 'expired' | 'revoked' | 'lost';

/** What is let in by a credential, and must not outlive it: a WebSocket, or a stream over HTTP. */
export interface Admitted {
  readonly id: string;
  /** Its proof has run out, or was taken back: ends what it was let in for. */
  dismiss(error: ApiError, why: Dismissal): void;
}

/** One of them with who it is, which a renewal changes. */
interface Entry {
  readonly admitted: Admitted;
  identity: Identity | null;
  renewBefore: number | null;
  cancel: Cancel;
  /** Whether it asked to be told of its session. */
  watched: boolean;
}

/** Longest time that a timer is set for, milliseconds: Node's own overflow at 2^31. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Who is here by which credential, and until when. */
export class Sessions {
  readonly #bus: ProcessBus;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #entries = new Map<string, Entry>();
  readonly #stop: () => void;

  constructor(revocations: Revocations, bus: ProcessBus, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
    this.#stop = revocations.onRevoked(({ kind, id }) => {
      for (const entry of [...this.#entries.values()]) {
        const credential = entry.identity?.credential;
        if (credential?.kind === kind && credential.id === id)
          this.#dismiss(entry, new ApiError('UNAUTHENTICATED', 'The credential was revoked.'), 'revoked');
      }
    });
  }

  admit(admitted: Admitted, identity: Identity | null): void {
    const entry: Entry = { admitted, identity: null, renewBefore: null, cancel: () => undefined, watched: false };
    this.#entries.set(admitted.id, entry);
    this.#identify(entry, identity);
  }

  identityOf(id: string): Identity | null {
    return this.#entries.get(id)?.identity ?? null;
  }

  /** From when on its proof should be renewed; null where there is nothing to renew. */
  renewBefore(id: string): number | null {
    return this.#entries.get(id)?.renewBefore ?? null;
  }

  /** @throws ApiError `FORBIDDEN` when the new proof is another user's: what runs was let in for the first. */
  renew(id: string, identity: Identity): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (entry.identity && entry.identity.userId !== identity.userId)
      throw new ApiError('FORBIDDEN', 'The token is of another user than this connection: open a new one for it.');
    const before = entry.identity;
    this.#identify(entry, identity);
    if (before && losesRights(before, identity))
      entry.admitted.dismiss(new ApiError('FORBIDDEN', 'The new token gives less than the one before.'), 'lost');
  }

  /** Resolves when what is known of it can be read, and will be told from then on. */
  async watch(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.watched = true;
    await this.#publish(entry);
  }

  forget(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.cancel();
    this.#entries.delete(id);
    if (entry.watched) this.#bus.forget(topics.session, id);
  }

  stop(): void {
    this.#stop();
    for (const { cancel } of this.#entries.values()) cancel();
  }

  #identify(entry: Entry, identity: Identity | null): void {
    entry.cancel();
    entry.identity = identity;
    const expiresAt = identity?.expiresAt ?? null;
    const now = this.#clock.now();
    entry.renewBefore = renewBefore(expiresAt, now);
    entry.cancel = expiresAt === null ? () => undefined : this.#expiring(entry, expiresAt);
    if (!entry.watched) return;
    const log = this.#log.child({ connectionId: entry.admitted.id });
    background('tell a session', this.#publish(entry), log);
  }

  #expiring(entry: Entry, expiresAt: number): Cancel {
    return this.#clock.after(Math.min(LONGEST_TIMER_MS, Math.max(0, expiresAt - this.#clock.now())), () => {
      if (this.#clock.now() < expiresAt) entry.cancel = this.#expiring(entry, expiresAt);
      else this.#dismiss(entry, new ApiError('UNAUTHENTICATED', 'The credential has expired.'), 'expired');
    });
  }

  #dismiss(entry: Entry, error: ApiError, why: Dismissal): void {
    this.#identify(entry, null);
    entry.admitted.dismiss(error, why);
  }

  async #publish({ admitted, identity, renewBefore }: Entry): Promise<void> {
    const now = this.#clock.now();
    const facts = { timestamp: now, receivedAt: now, stale: false };
    await this.#bus.publishState(topics.session, { connectionId: admitted.id, identity, renewBefore, ...facts });
  }
}

function losesRights(before: Identity, after: Identity): boolean {
  return (
    before.addresses.some((address) => !after.addresses.includes(address)) ||
    before.permissions.some((permission) => !after.permissions.includes(permission))
  );
}
