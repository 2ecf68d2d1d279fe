import { SocketAsker } from './asker.ts';
import { Chance } from './chance.ts';
import type { Measured } from './entry.ts';
import { argumentAttack, bombAttack, mutantAttack, requestAttack, variableAttack } from './graphql-attacks.ts';
import { greedyAttack } from './greedy-attack.ts';
import { type Attack, type Ground, together } from './ground.ts';
import { Neighbour } from './neighbour.ts';
import { SlowAttack } from './slow-attack.ts';
import { Target } from './target.ts';
import { frameAttack, headAttack, orderAttack } from './wire-attacks.ts';

export interface Report {
  readonly seed: number;
  readonly seconds: number;
  /** Inputs by kind of attack. */
  readonly tried: Readonly<Record<string, number>>;
  /** Where a value goes in the schema, and what that makes with all hostile values. */
  readonly places: number;
  readonly placesTimesValues: number;
  /** What went wrong, each with the input that did it. */
  readonly faults: readonly string[];
  /** How the process ended before it was told to; null: it did not. */
  readonly ended: string | null;
  /** How it ended when it was told to. */
  readonly stopped: string;
  readonly before: Measured;
  readonly after: Measured;
  /** Connections, streams, subscriptions and questions left when all attackers had gone, the neighbour's own aside. */
  readonly left: Readonly<Record<string, number>>;
  readonly neighbour: {
    readonly received: number;
    readonly faults: readonly string[];
    readonly ageMs: Readonly<Record<string, number>>;
  };
  readonly badLines: readonly string[];
  readonly linesLogged: number;
}

/** Different faults kept: the same one is told once. */
const MAX_FAULTS = 100;

/** Hostile values that each place of the schema gets, however short the time. */
export const VALUES_AT_LEAST = 3;

/** Documents and questions that caches of the server hold: so many new ones, and nothing of the old is left in them. */
const CACHED = 1_050;

/**
 * Attacks a server of its own until the time is over. All kinds have their turn first, then the dice decide; the same
 * seed throws the same dice, though answers come as they come.
 */
export async function campaign(seed: number, seconds: number, progress: (line: string) => void): Promise<Report> {
  const target = await Target.start();
  const tried: Record<string, number> = {};
  const faults = new Map<string, string>();
  let current = '';
  const chance = new Chance(seed);
  const ground: Ground = {
    target,
    chance,
    tried: (count = 1) => {
      tried[current] = (tried[current] ?? 0) + count;
    },
    judge: (fault, input) => {
      if (fault === null) return;
      const field = /\{ (\w+)\(/.exec(input)?.[1] ?? 'no field';
      const told = `${current}, ${field}: ${fault}`;
      if (faults.size >= MAX_FAULTS || faults.has(told)) return;
      faults.set(told, input);
      progress(`FAULT ${current}: ${fault}\n  by ${input}`);
    },
  };
  const named = argumentAttack(chance);
  const attacks: readonly Attack[] = [
    named,
    mutantAttack,
    bombAttack(),
    variableAttack,
    requestAttack,
    headAttack,
    orderAttack,
    frameAttack,
    greedyAttack,
  ];
  const neighbour = await Neighbour.move(target.url);
  const run = async (attack: Attack) => {
    current = attack.name;
    await attack.batch(ground).catch((error: unknown) => ground.judge(`was not answered: ${String(error)}`, 'a batch'));
  };
  try {
    for (const attack of attacks) await run(attack);
    await settled(target);
    const before = await target.measure();
    current = 'slow sockets';
    const slow = await SlowAttack.begin(ground, 3);
    const end = performance.now() + seconds * 1_000;
    const done = () => (tried[named.name] ?? 0) >= named.attempts.places * VALUES_AT_LEAST;
    for (let turn = 0; (performance.now() < end || !done()) && target.ended === null; turn++) {
      // There are so many arguments and values that every second turn is theirs.
      await run(turn % 2 === 0 ? named : chance.of(attacks));
      if (turn % 100 === 99)
        progress(`${Object.values(tried).reduce((sum, count) => sum + count)} inputs, ${faults.size} faults`);
    }
    current = 'slow sockets';
    await slow.end();
    if (target.ended === null) await neighbour.hears(5);
    const left = target.ended === null ? await settled(target) : {};
    const after = target.ended === null ? await target.measure() : before;
    const ended = target.ended;
    const heard = { received: neighbour.received, faults: [...neighbour.faults] };
    const ageMs = { p50: neighbour.ageMs(0.5), p99: neighbour.ageMs(0.99), max: neighbour.ageMs(1) };
    if (ended === null) await neighbour.leave();
    const stopped = await target.stop();
    return {
      seed,
      seconds,
      tried,
      places: named.attempts.places,
      placesTimesValues: named.attempts.length,
      faults: [...faults].map(([fault, input]) => `${fault}\n  by ${input}`),
      ended,
      stopped,
      before,
      after,
      left,
      neighbour: { ...heard, ageMs },
      badLines: target.badLines,
      linesLogged: target.linesLogged,
    };
  } finally {
    await target.stop();
  }
}

/** Waits until all attackers are gone, and fills caches with what is small, so that two readings can be compared. */
async function settled(target: Target): Promise<Record<string, number>> {
  const asker = await SocketAsker.open(target.url);
  const small = Array.from(
    { length: CACHED },
    (_, i) => `subscription { trades(filter: {symbols: ["BTCUSDT"]}) { a${i}: id } }`,
  );
  await together(small, 40, async (query) => void (await asker.ask(query)));
  await asker.close();
  const end = performance.now() + 60_000;
  for (;;) {
    const { connections = 0, streams = 0, subscriptions = 0, questions = 0 } = await target.status();
    const left = { connections: connections - 1, streams, subscriptions: subscriptions - 1, questions: questions - 1 };
    if (Object.values(left).every((count) => count === 0) || performance.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
