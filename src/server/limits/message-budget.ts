import type { Clock } from '../../lib/clock.ts';
import type { NewDocuments } from './new-documents.ts';
import { type OperationBudget, surcharge } from './operation-budget.ts';
import { LimitReached, type Refusals } from './refusals.ts';
import type { LimitSettings } from './settings.ts';
import { TokenBucket } from './token-bucket.ts';

export interface MessageServices {
  readonly settings: Pick<LimitSettings, 'messagesPerSecond' | 'messageBurst' | 'maxQueueBytes'>;
  readonly documents: NewDocuments;
  readonly refusals: Refusals;
  readonly clock: Clock;
}

/** What one WebSocket may send. */
export class MessageBudget implements OperationBudget {
  readonly #services: MessageServices;
  readonly #address: string;
  readonly #messages: TokenBucket;
  readonly #documents: TokenBucket;

  constructor(services: MessageServices, address: string) {
    this.#services = services;
    this.#address = address;
    const { messagesPerSecond, messageBurst } = services.settings;
    this.#messages = new TokenBucket(messagesPerSecond, messageBurst, services.clock.now());
    this.#documents = services.documents.ofConnection();
  }

  /**
   * Counts a message.
   * @param unread bytes that were written to the client and are not known to have arrived.
   * @returns null when it may be acted on.
   */
  charge(unread: number): LimitReached | null {
    const { settings, clock, refusals } = this.#services;
    const retryAfterMs = this.#messages.charge(clock.now());
    if (retryAfterMs > 0)
      return refusals.count(new LimitReached('messages', this.#messages.perSecond, { retryAfterMs }));
    // Who asks and does not read has the answers pile up here.
    if (unread <= settings.maxQueueBytes) return null;
    return refusals.count(new LimitReached('queuedBytes', settings.maxQueueBytes));
  }

  /** True for a client that was refused as often as it may send in one go, and sends on. */
  get isSpent(): boolean {
    return this.#messages.debt > this.#messages.burst;
  }

  document(count: number): void {
    this.#services.documents.take(this.#documents, this.#address, count);
  }

  run(complexity: number): void {
    const { clock, refusals } = this.#services;
    const retryAfterMs = this.#messages.take(clock.now(), surcharge(complexity));
    if (retryAfterMs > 0)
      throw refusals.count(new LimitReached('messages', this.#messages.perSecond, { retryAfterMs }));
  }
}
