import { LimitReached } from './refusals.ts';
import type { LimitSettings } from './settings.ts';
import { TokenBucket } from './token-bucket.ts';

type MessageLimits = Pick<LimitSettings, 'messagesPerSecond' | 'messageBurst' | 'maxQueueBytes'>;

/** What the messages of one WebSocket may cost. */
export class MessageBudget {
  readonly #bucket: TokenBucket;
  readonly #maxQueueBytes: number;

  constructor({ messagesPerSecond, messageBurst, maxQueueBytes }: MessageLimits, now: number) {
    this.#bucket = new TokenBucket(messagesPerSecond, messageBurst, now);
    this.#maxQueueBytes = maxQueueBytes;
  }

  /**
   * Counts a message.
   * @param unread bytes that were written to the client and are not known to have arrived.
   * @returns null when it may be acted on.
   */
  charge(now: number, unread: number): LimitReached | null {
    const retryAfterMs = this.#bucket.charge(now);
    if (retryAfterMs > 0) return new LimitReached('messages', this.#bucket.perSecond, { retryAfterMs });
    // Who asks and does not read has the answers pile up here.
    return unread > this.#maxQueueBytes ? new LimitReached('queuedBytes', this.#maxQueueBytes) : null;
  }

  /** True for a client that was refused as often as it may send in one go, and sends on. */
  get isSpent(): boolean {
    return this.#bucket.debt > this.#bucket.burst;
  }
}
