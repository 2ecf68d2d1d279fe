import { ApiError } from '../lib/errors.ts';
import { joinCursors } from './cursor.ts';
import type { EventHub } from './event-hub.ts';
import type { Lane } from './lane.ts';
import type { Ending } from './mailbox.ts';

/** One member of a subscription over several streams, as the others see it. */
interface Twisted {
  readonly cursor: string;
  readonly behind: number;
}

/**
 * One subscription over the streams of several owners: a member for each, on one lane. Order is promised within a stream
 * only, so each member goes its own way; what they share is the beginning, the right to write, and the cursor, which holds
 * where every one of them stands. It differs by reader, so the bytes of a frame that shows it are each reader's own.
 */
export class Strands {
  readonly #lane: Lane;
  readonly #mailbox: Ending;
  readonly #strands: Strand[] = [];
  /** Streams whose events this reader has not asked for; it would have got them up to their heads. */
  readonly #unasked: readonly EventHub<unknown>[];
  /** Of a beginning that lies in several streams: whose event is to be written next, oldest first. */
  #turns: readonly Strand[] = [];
  #begun = false;
  #live = 0;
  #first = 0;

  constructor(lane: Lane, mailbox: Ending, unasked: readonly EventHub<unknown>[]) {
    this.#lane = lane;
    this.#mailbox = mailbox;
    this.#unasked = unasked;
    lane.onRoom = () => this.pump();
  }

  /** Everything that matches up to here has been written; null where there is no stream at all. */
  get cursor(): string | null {
    return this.#strands.length + this.#unasked.length === 0 ? null : this.cursorWith(null, '');
  }

  /** Events between the reader and the heads. */
  get behind(): number {
    return this.#strands.reduce((sum, { member }) => sum + (member?.behind ?? 0), 0);
  }

  get blocked(): boolean {
    return this.#lane.blocked;
  }

  /** A lane and an ending for one more member. */
  add(): Strand {
    const strand = new Strand(this);
    this.#strands.push(strand);
    return strand;
  }

  /**
   * Every member has been started: they write from now on. Not before, since what one writes says where all of them stand.
   * @param turns by place of the strands, in the order in which they were added.
   */
  begin(turns: readonly number[]): void {
    this.#turns = turns.flatMap((at) => this.#strands[at] ?? []);
    this.#begun = true;
    if (this.#strands.length === 0) this.#lane.live();
    this.pump();
  }

  /** Whether this strand may write yet: where the beginning lies in several streams, each waits for its turn. */
  mayWrite(strand: Strand): boolean {
    const [next = strand] = this.#turns;
    return this.#begun && next === strand;
  }

  /** The cursor, with what stands in it for one of the strands. */
  cursorWith(strand: Strand | null, own: string): string {
    const asked = this.#strands.map((one) => (one === strand ? own : (one.member?.cursor ?? '')));
    return joinCursors([...asked, ...this.#unasked.map((hub) => hub.cursorAt(hub.head))]);
  }

  next(payload: Buffer, cursor: () => string): void {
    this.#lane.next(payload, cursor);
    if (this.#turns.length === 0) return;
    this.#turns = this.#turns.slice(1);
    // Not at once: who has just written has not yet noted that it did.
    queueMicrotask(() => this.pump());
  }

  live(): void {
    this.#live++;
    if (this.#live === this.#strands.length) this.#lane.live();
  }

  get closed(): boolean {
    return this.#mailbox.closed;
  }

  end(error: Error | null): void {
    this.#mailbox.end(error);
  }

  /** Lets every member write what it owes. */
  pump(): void {
    // Each time another is first: a long way back in one stream must not keep the others from their turn for ever.
    this.#first++;
    for (const at of this.#strands.keys()) this.#strands[(this.#first + at) % this.#strands.length]?.onRoom?.();
  }

  detach(): void {
    this.#lane.onRoom = null;
  }
}

/** The part of a shared lane, and of a shared ending, that one member has. */
class Strand implements Lane, Ending {
  onRoom: (() => void) | null = null;
  /** Who writes here. */
  member: Twisted | null = null;
  readonly #strands: Strands;

  constructor(strands: Strands) {
    this.#strands = strands;
  }

  get blocked(): boolean {
    return !this.#strands.mayWrite(this) || this.#strands.blocked;
  }

  next(payload: Buffer, cursor: (() => string) | null): void {
    const own = cursor?.() ?? '';
    const whole = this.#strands.cursorWith(this, own);
    this.#strands.next(withCursor(payload, own, whole), () => whole);
  }

  live(): void {
    this.#strands.live();
  }

  get closed(): boolean {
    return this.#strands.closed;
  }

  end(error: Error | null = null): void {
    this.#strands.end(error instanceof ApiError ? this.#located(error) : error);
  }

  /** Where the reader can go on is told for all the streams. */
  #located(error: ApiError): ApiError {
    const { resumeCursor, ...details } = error.details;
    if (resumeCursor === undefined) return error;
    const whole = this.#strands.cursorWith(this, resumeCursor);
    return new ApiError(error.code, error.message, { ...details, resumeCursor: whole });
  }
}

/**
 * The bytes of a frame with another cursor in the place of every one that it shows. Always bytes of their own, since a
 * transport takes equal bytes for the same frame with the same cursor.
 */
function withCursor(payload: Buffer, shown: string, instead: string): Buffer {
  const text = payload.toString();
  return Buffer.from(text.replaceAll(JSON.stringify(shown), JSON.stringify(instead)));
}
