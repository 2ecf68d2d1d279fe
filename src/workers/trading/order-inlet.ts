import type { Bus, BusListener, BusRecord, Position } from '../../bus/bus.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { mayConcern, type Nudge } from '../../model/nudge.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { OwnerShare } from '../../model/owner-share.ts';
import type { Trading, WaitingOrder } from '../../store/trading.ts';
import { hearNudges } from '../nudges.ts';

/** How often it is looked for commands that were not heard of, milliseconds. */
const SWEEP_MS = 1_000;

/** Commands taken at once. */
const MOST_COMMANDS = 500;

/** Commands that are known to have been taken: of some seconds at the highest rate. Those before are asked for. */
const MOST_KNOWN = 10_000;

export interface OrderInletOptions {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly trading: Pick<Trading, 'waiting'>;
  /** Whose commands: those of others are heard, too, and left to their worker. */
  readonly share: OwnerShare;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a command can be done now. One that cannot waits, and what its owner asked for later waits with it. */
  readonly mayBegin: (waiting: WaitingOrder) => boolean;
  /** Does it. Each is given once. */
  readonly take: (waiting: WaitingOrder) => void;
}

/**
 * Commands on their way in, each once. PostgreSQL has them all; most are heard with all that is needed and never asked for:
 *
 * - One is done as it was heard only if nobody can have done it before. Ids grow, and what was there when this began has one up to
 *   {@link OrderInlet.#newest}; of those after it, what was taken is known. A nudge may come late, or twice: whatever is in doubt is asked for.
 * - What was asked for in order is done in order. A nudge that is missing, by the numbers of the bus, leads to asking; so does whatever
 *   says no more than that something waits; and what is heard meanwhile is done after what the answer brings.
 */
export class OrderInlet {
  readonly #options: OrderInletOptions;
  readonly #log: Log;
  readonly #closings: Cancel[] = [];
  /** Commands whose outcome is on its way to the database: it still calls them waiting. */
  readonly #underWay = new Set<string>();
  readonly #known = new Set<string>();
  /** Owners who have something that waits for its market. */
  #held = new Set<string>();
  #heardWhileAsking: WaitingOrder[] = [];
  /** No command up to here is done unless the database says that it waits. */
  #newest = '';
  #last: Position | null = null;
  #asking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: OrderInletOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  /** @param newest the last command of all that were there when nobody else could do any more. */
  start(newest: string): void {
    this.#newest = newest;
    const { bus, clock, log } = this.#options;
    const listener: BusListener = { message: (record) => this.#heard(record), restored: () => this.ask() };
    this.#closings.push(
      clock.every(SWEEP_MS, () => this.ask()),
      hearNudges({ bus, clock, log, listener }),
    );
  }

  /** Resolves when nothing more is taken. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const close of this.#closings) close();
    await this.#asking;
  }

  /** Their outcome is stored. */
  stored(ids: readonly string[]): void {
    for (const id of ids) this.#underWay.delete(id);
  }

  /** Takes what the database has. One asking at a time; who asks meanwhile is served by one more. */
  ask(): void {
    if (this.#stopped) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = this.#askAll().finally(() => {
      this.#asking = null;
    });
    background('take orders', this.#asking, this.#log);
  }

  #heard(record: BusRecord): void {
    if (!this.#follows(record)) return this.ask();
    if (record.key !== 'trading' || this.#stopped) return;
    const nudge = JSON.parse(record.payload) as Nudge;
    if (!mayConcern(nudge, this.#options.share)) return;
    const { placed } = nudge;
    if (!placed) return this.ask();
    const { commandId: id, order, trace = null } = placed;
    const heard: WaitingOrder = { id, owner: order.owner, command: { type: 'place', orderId: order.id }, order, trace };
    if (id <= this.#newest) this.ask();
    else if (this.#asking) this.#heardWhileAsking.push(heard);
    else this.#takeAll([heard]);
  }

  /** Whether it is the one after the last that was heard, so that none is missing. */
  #follows({ epoch, sequence }: Position): boolean {
    const last = this.#last;
    this.#last = { epoch, sequence };
    return last === null || (last.epoch === epoch && last.sequence + 1 === sequence);
  }

  async #askAll(): Promise<void> {
    do {
      this.#again = false;
      try {
        const waiting = await this.#options.trading.waiting(this.#options.share, MOST_COMMANDS, [...this.#underWay]);
        this.#held = new Set();
        this.#takeAll(waiting);
      } catch (error) {
        this.#log.debug({ reason: messageOf(error) }, 'orders cannot be taken now');
      }
      this.#takeAll(this.#heardWhileAsking.splice(0));
    } while (this.#again && !this.#stopped);
  }

  #takeAll(waiting: readonly WaitingOrder[]): void {
    const { mayBegin, take } = this.#options;
    for (const one of waiting) {
      const route = ownerRoute(one.owner);
      if (this.#stopped || this.#known.has(one.id) || this.#held.has(route)) continue;
      if (!mayBegin(one)) {
        this.#held.add(route);
        continue;
      }
      this.#underWay.add(one.id);
      this.#remember(one.id);
      take(one);
    }
  }

  #remember(id: string): void {
    this.#known.add(id);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest = ''] = this.#known;
    this.#known.delete(oldest);
    if (oldest > this.#newest) this.#newest = oldest;
  }
}
