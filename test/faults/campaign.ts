import { type TopicRef, topics } from '../../src/bus/topics.ts';
import type { Fault } from './faults.ts';
import { Follower, type Told } from './follower.ts';
import { type Ground, pause } from './ground.ts';
import { wishes } from './wishes.ts';

/** What one fault did. */
export interface Outcome {
  readonly fault: string;
  readonly lastedMs: number;
  /** From its end until every client had everything, milliseconds; null when it never had. */
  readonly recoveredMs: number | null;
  readonly reconnects: number;
  /** Subscriptions that were told that their cursor is no longer kept. */
  readonly expired: number;
  readonly events: number;
  /** What must not be: each a sentence. */
  readonly complaints: readonly string[];
  /** Of all four processes, before and after. */
  readonly memoryMb: readonly [number, number];
}

/** What a fault is given to be over for good, milliseconds: hopeless after that. */
const HOPELESS_MS = 60_000;

/** Streams whose every event can be named. */
const STREAMS = {
  trades: topics.trades,
  opportunities: topics.opportunities,
  transactions: topics.transactions,
} as const;

/** Clients of all kinds on both servers, cut at random, and what the stores hold beside what they were told. */
export class Campaign {
  readonly #ground: Ground;
  readonly #followers: readonly Follower[];
  /** Symbol of each trade by `epoch:sequence`, as the stream has it. */
  readonly #trades = new Map<string, string>();
  readonly #cutting: NodeJS.Timeout;
  readonly #reading: NodeJS.Timeout;
  #read: { epoch: string; sequence: number } = { epoch: '', sequence: 0 };
  #busy = false;

  constructor(ground: Ground, clients: number, random: () => number) {
    this.#ground = ground;
    const urls = ground.apis.map(({ url }) => url);
    this.#followers = wishes(clients, random).map(
      (wish) => new Follower(wish, random() < 0.5 ? urls : [...urls].reverse()),
    );
    for (const follower of this.#followers) follower.start();
    this.#cutting = setInterval(() => this.#followers[Math.floor(random() * clients)]?.cut(), 8_000 / clients);
    this.#reading = setInterval(() => void this.#readTrades(), 200);
  }

  async run(fault: Fault, ms: number): Promise<Outcome> {
    const before = this.#counts();
    const memoryBefore = this.#memoryMb();
    const began = Date.now();
    const complaints: string[] = [];
    await fault.inflict(this.#ground, this.#followers, ms).catch((error: unknown) => complaints.push(String(error)));
    const ended = Date.now();
    const recoveredMs = await this.#recovered(ended);
    if (recoveredMs === null) complaints.push(...(await this.#missing()));
    complaints.push(...this.#filtered(), ...this.#followers.flatMap((follower) => follower.complaints.slice()));
    const after = this.#counts();
    return {
      fault: fault.name,
      lastedMs: ended - began,
      recoveredMs,
      reconnects: after.connects - before.connects,
      expired: after.expired - before.expired,
      events: after.events - before.events,
      complaints: [...new Set(complaints)],
      memoryMb: [memoryBefore, this.#memoryMb()],
    };
  }

  /** Resolves when every client is live. */
  async ready(): Promise<void> {
    if ((await this.#recovered(Date.now())) === null) throw new Error((await this.#missing()).join('\n'));
  }

  stop(): void {
    clearInterval(this.#cutting);
    clearInterval(this.#reading);
    for (const follower of this.#followers) follower.stop();
  }

  /** Until what was published after the end has reached everybody, and every state is what the store says. */
  async #recovered(ended: number): Promise<number | null> {
    const { bus } = this.#ground;
    let first: string | null = null;
    while (Date.now() - ended < HOPELESS_MS) {
      try {
        const { epoch, head } = (await bus?.readAfter(topics.trades, Number.MAX_SAFE_INTEGER, 0)) ?? {
          epoch: '',
          head: 0,
        };
        first ??= `${epoch}:${head}`;
        if (first !== `${epoch}:${head}`) break;
      } catch {
        // It comes back.
      }
      await pause(50);
    }
    let missing: readonly string[] = ['not looked'];
    while (missing.length > 0 && Date.now() - ended < HOPELESS_MS) {
      missing = await this.#missing();
      if (missing.length > 0) await pause(100);
    }
    return missing.length > 0 ? null : Date.now() - ended;
  }

  /** What followers lack at this moment, each a sentence. */
  async #missing(): Promise<readonly string[]> {
    try {
      const missing: string[] = [];
      const heads = new Map<string, { epoch: string; head: number }>();
      for (const [field, topic] of Object.entries(STREAMS)) heads.set(field, await this.#head(topic));
      const until = Date.now() + 3_000;
      const behind = () => this.#followers.filter((follower) => !isThere(follower, heads.get(follower.wish.field)));
      while (behind().length > 0 && Date.now() < until) await pause(20);
      for (const { wish, position, live } of behind())
        missing.push(
          `${wish.field}: at ${position?.epoch}:${position?.sequence}, live ${live}, head ${JSON.stringify(heads.get(wish.field))}`,
        );
      return [...missing, ...(await this.#stale())];
    } catch (error) {
      return [String(error)];
    }
  }

  async #head(topic: TopicRef): Promise<{ epoch: string; head: number }> {
    const page = await this.#ground.bus?.readAfter(topic, Number.MAX_SAFE_INTEGER, 0);
    return { epoch: page?.epoch ?? '', head: page?.head ?? 0 };
  }

  /** States that followers hold and the store does not. */
  async #stale(): Promise<readonly string[]> {
    const missing: string[] = [];
    const answers = new Map<string, readonly Told[]>();
    for (const { wish, values } of this.#followers) {
      if (wish.kind !== 'state' || !wish.query.includes('$filter')) continue;
      const key = JSON.stringify([wish.query, wish.variables]);
      const truth = answers.get(key) ?? (await this.#ask(wish));
      answers.set(key, truth);
      const until = Date.now() + 3_000;
      const old = () => truth.filter(({ id, sequence }) => (values.get(id)?.sequence ?? -1) < sequence);
      while (old().length > 0 && Date.now() < until) await pause(20);
      for (const { id, sequence } of old())
        missing.push(`${wish.field}: ${id} is ${values.get(id)?.sequence}, not ${sequence}`);
      for (const told of truth) {
        const held = values.get(told.id);
        if (held?.sequence === told.sequence && JSON.stringify(sorted(held)) !== JSON.stringify(sorted(told)))
          missing.push(`${wish.field}: ${JSON.stringify(held)} is not ${JSON.stringify(told)}`);
      }
    }
    return missing;
  }

  async #ask({ field, query, variables }: Follower['wish']): Promise<readonly Told[]> {
    const [api] = this.#ground.apis;
    const response = await fetch(`${api?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: query.replace('subscription', 'query').replace('snapshot matches ', ''),
        variables,
      }),
    });
    const { data, errors } = (await response.json()) as { data?: Record<string, Told[]>; errors?: unknown };
    if (!data?.[field]) throw new Error(`no ${field}: ${JSON.stringify(errors)}`);
    return data[field];
  }

  /** Trades that a filter should have let through, between those that it did. */
  #filtered(): readonly string[] {
    const all = [...this.#trades.keys()];
    const places = new Map(all.map((name, place) => [name, place]));
    return this.#followers.flatMap(({ wish, events, stretch }) => {
      const { symbols } = (wish.variables?.['filter'] ?? {}) as { symbols?: readonly string[] };
      if (wish.field !== 'trades' || !symbols) return [];
      const told = events.slice(stretch);
      const [first, last] = [told[0], told.at(-1)];
      const [from, to] = [places.get(first ?? ''), places.get(last ?? '')];
      if (from === undefined || to === undefined) return [];
      const wanted = all.slice(from, to + 1).filter((name) => symbols.includes(this.#trades.get(name) ?? ''));
      const had = new Set(told);
      const lost = wanted.filter((name) => !had.has(name));
      return lost.length === 0 ? [] : [`trades of ${symbols.join()}: ${lost.length} lost, the first ${lost[0]}`];
    });
  }

  async #readTrades(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const page = await this.#ground.bus?.readAfter(topics.trades, this.#read.sequence, 1_000);
        if (!page) return;
        if (page.epoch !== this.#read.epoch) {
          const from = this.#read.epoch === '' ? page.oldest - 1 : 0;
          const anew = this.#read.sequence !== from;
          this.#read = { epoch: page.epoch, sequence: from };
          if (anew) continue;
        }
        for (const { epoch, sequence, key } of page.records) {
          this.#trades.set(`${epoch}:${sequence}`, key);
          this.#read = { epoch, sequence };
        }
        if (page.records.length < 1_000) return;
      }
    } catch {
      // It comes back, and what it kept is read then.
    } finally {
      this.#busy = false;
    }
  }

  #counts() {
    let [connects, expired, events] = [0, 0, 0];
    for (const follower of this.#followers) {
      connects += follower.connects;
      expired += follower.expired;
      events += follower.heard;
    }
    return { connects, expired, events };
  }

  #memoryMb(): number {
    return [...this.#ground.apis, ...this.#ground.workers].reduce((sum, { memoryMb }) => sum + memoryMb, 0);
  }
}

function isThere(follower: Follower, head: { epoch: string; head: number } | undefined): boolean {
  // Cut at random, some are always on their way back: what counts is how far they have come.
  if (!head || head.head === 0) return true;
  const { position } = follower;
  return position !== null && position.epoch === head.epoch && position.sequence >= head.head;
}

function sorted(told: Told): readonly unknown[] {
  return Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1));
}
