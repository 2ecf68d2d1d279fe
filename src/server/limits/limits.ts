import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../lib/clock.ts';
import type { Identity } from '../../model/identity.ts';
import { AddressBuckets } from './address-buckets.ts';
import { Addresses } from './addresses.ts';
import { Arrivals } from './arrivals.ts';
import { Door, holdersOf, type NamedClaim, type Place } from './door.ts';
import { HeldCounts } from './held-counts.ts';
import type { LimitsRedis } from './limits-redis.ts';
import { MessageBudget, type MessageServices } from './message-budget.ts';
import { NewDocuments } from './new-documents.ts';
import { type OperationBudget, surcharge } from './operation-budget.ts';
import { LimitReached, Refusals } from './refusals.ts';
import type { LimitSettings } from './settings.ts';

/** A WebSocket that was let in. */
export interface ConnectionPlace extends Place {
  /** What it may send. */
  readonly messages: MessageBudget;
  /**
   * It has said who it is: counts it for its user and its key as well.
   * @throws LimitReached
   */
  identify(identity: Identity | null): Promise<void>;
}

/** Who is let in, by what others of the same address, user or key have already. */
export class Limits {
  readonly settings: LimitSettings;
  readonly refusals = new Refusals();
  readonly addresses: Addresses;
  readonly #clock: Clock;
  readonly #redis: LimitsRedis | null;
  readonly #held: HeldCounts;
  readonly #connections: Door;
  readonly #streams: Door;
  readonly #requests: AddressBuckets;
  readonly #messages: MessageServices;

  /** @param redis where processes count together; null: this one is alone. */
  constructor(settings: LimitSettings, redis: LimitsRedis | null, clock: Clock) {
    this.settings = settings;
    this.addresses = new Addresses(settings.trustedProxies);
    this.#clock = clock;
    this.#redis = redis;
    this.#held = new HeldCounts(redis, clock);
    const arrivals = new Arrivals(settings.connectionsPerSecondPerIp, redis);
    const services = { held: this.#held, arrivals, refusals: this.refusals };
    this.#connections = new Door(services, 'connections', settings.maxConnections);
    this.#streams = new Door(services, 'streams', settings.maxStreams);
    this.#requests = new AddressBuckets(settings.requestsPerSecondPerIp, settings.requestBurst);
    const { newDocumentsPerSecond, newDocumentsPerSecondPerProcess } = settings;
    const { refusals } = this;
    const documents = new NewDocuments(newDocumentsPerSecond, newDocumentsPerSecondPerProcess, refusals, clock);
    this.#messages = { settings, documents, refusals, clock };
  }

  /** Null where nothing is shared; false while each process counts for itself, because Redis does not answer. */
  get countsTogether(): boolean | null {
    return this.#redis?.ready ?? null;
  }

  /**
   * A WebSocket comes; it counts from now on.
   * @throws LimitReached
   */
  async connection(request: IncomingMessage): Promise<ConnectionPlace> {
    const visit = this.#connections.enter();
    const address = this.addresses.of(request);
    const limit = this.settings.maxConnectionsPerIp;
    try {
      await visit.arrive([`ip:${address}`]);
      await visit.claim([{ name: 'connectionsPerIp', subject: `connections:ip:${address}`, limit }]);
    } catch (error) {
      visit.release();
      throw error;
    }
    return {
      messages: new MessageBudget(this.#messages, address),
      release: () => visit.release(),
      identify: async (identity) => {
        const { user, apiKey } = holdersOf(identity);
        if (apiKey !== null) await visit.arrive([`key:${apiKey}`]);
        const claims = this.#connectionClaims(user, apiKey);
        if (claims.length > 0) await visit.claim(claims);
      },
    };
  }

  /**
   * A stream over HTTP begins. It counts for its user and key, and where there is neither, for its address.
   * @throws LimitReached
   */
  async stream(address: string, identity: Identity | null): Promise<Place> {
    const visit = this.#streams.enter();
    const { user, apiKey } = holdersOf(identity);
    const holders = [user === null ? `ip:${address}` : `user:${user}`, ...(apiKey === null ? [] : [`key:${apiKey}`])];
    const limit = this.settings.maxStreamsPerClient;
    try {
      await visit.arrive([`ip:${address}`, ...(apiKey === null ? [] : [`key:${apiKey}`])]);
      await visit.claim(
        holders.map((holder) => ({ name: 'streamsPerClient', subject: `streams:${holder}`, limit }) as const),
      );
    } catch (error) {
      visit.release();
      throw error;
    }
    return visit;
  }

  /**
   * A request comes over HTTP.
   * @throws LimitReached
   */
  request(address: string): void {
    this.#takeRequests(address, 1);
  }

  /** What an address may ask for over HTTP, where connections come and go. */
  requestsOf(address: string): OperationBudget {
    return {
      document: (count) => this.#messages.documents.take(null, address, count),
      run: (complexity) => this.#takeRequests(address, surcharge(complexity)),
    };
  }

  stop(): void {
    this.#held.stop();
  }

  #takeRequests(address: string, count: number): void {
    const now = this.#clock.now();
    const bucket = this.#requests.of(address, now);
    const retryAfterMs = bucket.take(now, count);
    if (retryAfterMs > 0) throw this.refusals.count(new LimitReached('requests', bucket.perSecond, { retryAfterMs }));
  }

  #connectionClaims(user: string | null, apiKey: string | null): readonly NamedClaim[] {
    const { maxConnectionsPerUser, maxConnectionsPerApiKey } = this.settings;
    const claims: NamedClaim[] = [];
    if (user !== null)
      claims.push({ name: 'connectionsPerUser', subject: `connections:user:${user}`, limit: maxConnectionsPerUser });
    if (apiKey !== null)
      claims.push({
        name: 'connectionsPerApiKey',
        subject: `connections:key:${apiKey}`,
        limit: maxConnectionsPerApiKey,
      });
    return claims;
  }
}
