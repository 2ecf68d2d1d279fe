import { describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { ownerIn } from '../../src/bus/stream.ts';
import { type EventTopic, type StateTopic, topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { BotCommand } from '../../src/model/bot.ts';
import type { Address } from '../../src/model/identity.ts';
import { isOfShare, type OwnerShare, sharesOfOwners } from '../../src/model/owner-share.ts';
import { createCommands } from '../../src/server/commands.ts';
import { Bots } from '../../src/store/bots.ts';
import { Commands } from '../../src/store/commands.ts';
import { Orders } from '../../src/store/orders.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { createBotWorker } from '../../src/workers/bots/bot-worker.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { bot } from '../support/bots.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { book, instrument, price } from '../support/market.ts';
import { ownersOfShares } from '../support/owner-shares.ts';
import { endlessPaperWorker, paperWorker } from '../support/paper-worker.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, silentLog } from '../support/server.ts';
import { marketPurchase } from '../support/trading.ts';

const SHARES = 3;
const OWNERS = ownersOfShares(SHARES, 2);
const [FIRST, SECOND] = sharesOfOwners(SHARES) as [OwnerShare, OwnerShare, OwnerShare];

const botOf = (owner: Address) => `bot-${owner.slice(-8)}`;

/** Of each value of an owner that was published, whose it is and which share has told it. */
interface Told {
  readonly topic: string;
  readonly owner: Address;
  readonly by: OwnerShare;
}

/** Trading and bots in shares, a worker each, on one market that stands still. */
async function stage() {
  const database = await freshDatabase();
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  const told: Told[] = [];
  const heardBy = (by: OwnerShare): Bus => {
    const note = <V>(topic: EventTopic<V> | StateTopic<V, never>, value: V) => {
      const owner = ownerIn(topic, value);
      if (owner !== null) told.push({ topic: topic.name, owner, by });
    };
    return new Proxy(bus, {
      get: (target, name: keyof Bus) => {
        const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
        return (...given: unknown[]) => {
          if (name === 'publishEvent' || name === 'publishState') note(...(given as Parameters<typeof note<unknown>>));
          return method.apply(target, given);
        };
      },
    });
  };
  const parts = { clock: systemClock, log: silentLog };
  const trade = (share: OwnerShare): Worker => {
    const worker = paperWorker(database, heardBy(share), { share });
    worker.start();
    return worker;
  };
  const runBots = (share: OwnerShare, demoOwner: Address | null = null): Worker => {
    const on = heardBy(share);
    const worker = createBotWorker({
      share,
      bus: on,
      bots: new Bots(database),
      orders: new Orders(database),
      desk: new TradingDesk(database, on, systemClock, silentLog),
      commands: new Commands(database),
      demoOwner,
      ...parts,
    });
    onTestFinished(() => worker.stop());
    worker.start();
    return worker;
  };
  await bus.publishState(topics.instruments, instrument('BTCUSDT', { base: 'BTC' }));
  await bus.publishState(topics.orderbook, book('BTCUSDT', [['100', '500']], [['101', '500']]));
  await bus.publishState(topics.prices, price('BTCUSDT', '100'));
  const desk = new TradingDesk(database, bus, systemClock, silentLog);
  const buy = (owner: Address, clientOrderId: string) => desk.place(marketPurchase(owner, clientOrderId, '1'));
  const commands = createCommands(new Commands(database), bus, silentLog);
  const command = (owner: Address, body: BotCommand) => commands.bot(owner, body, null);
  const isFilled = async (id: string) => (await new Orders(database).find(id))?.status === 'FILLED';
  const fills = async (owner: Address) =>
    (await bus.readAfter({ kind: 'event', name: topics.tradeExecutions.name, owner }, 0, 100)).records.length;
  return { database, bus, told, trade, runBots, buy, command, isFilled, fills };
}

describe('trading in shares of the owners', () => {
  test('tells of each owner by one worker, orders and bots alike', async () => {
    const { database, told, trade, runBots, buy, command, isFilled } = await stage();
    const [[demo = '0x']] = OWNERS as [Address[]];
    const workers = sharesOfOwners(SHARES).flatMap((share) => [trade(share), runBots(share, demo)]);
    expect(workers.map(({ name }) => name)).toEqual(
      [1, 2, 3].flatMap((number) => [`trading/${number}`, `bots/${number}`]),
    );
    const orders = await Promise.all(OWNERS.flat().map((owner) => buy(owner, 'one')));
    for (const owner of OWNERS.flat()) {
      const made = bot(botOf(owner), owner, { symbol: 'BTCUSDT' });
      await command(owner, { type: 'create', bot: made });
      await command(owner, { type: 'start', botId: made.id });
    }
    for (const { id } of orders) await eventually('each order is filled', () => isFilled(id));
    const bots = new Bots(database);
    for (const owner of OWNERS.flat())
      await eventually('each bot has bought', async () => (await bots.find(botOf(owner)))?.tradesToday === 1);
    await eventually('the demo bots are made', async () => (await bots.list([demo])).length === 3);
    await eventually('everybody is told', () => {
      const topicsOf = (owner: Address) => new Set(told.flatMap((one) => (one.owner === owner ? [one.topic] : [])));
      return OWNERS.flat().every((owner) => topicsOf(owner).size === 4);
    });
    expect(told.filter(({ owner, by }) => !isOfShare(by, owner))).toEqual([]);
    expect(workers.map((worker) => worker.health())).toEqual(
      workers.map(({ name }) => expect.objectContaining({ name, status: 'HEALTHY' })),
    );
  });

  test('deletes what is too old once, and not once a share', async () => {
    const { database, bus } = await stage();
    const pruned: OwnerShare[] = [];
    for (const share of sharesOfOwners(SHARES)) {
      const trading = new Trading(database);
      trading.prunePoints = async () => void pruned.push(share);
      const clock = new FakeClock();
      const worker = paperWorker(database, bus, { share, trading, clock });
      worker.start();
      await eventually('it has begun', () => worker.health().status === 'HEALTHY');
      await clock.advance(2_000);
    }
    expect(pruned).toEqual([FIRST]);
  });

  test('leaves what a share without a worker was asked for to whoever takes it up, who does it once', async () => {
    const { trade, buy, isFilled, fills } = await stage();
    const [[mine = '0x'], [other = '0x']] = OWNERS as [Address[], Address[]];
    const first = trade(FIRST);
    trade(SECOND);
    const before = await Promise.all([buy(mine, 'one'), buy(other, 'one')]);
    for (const { id } of before) await eventually('both work', () => isFilled(id));
    await first.stop();
    const waits = await buy(mine, 'two');
    const goes = await buy(other, 'two');
    await eventually('the others go on', () => isFilled(goes.id));
    expect(await isFilled(waits.id)).toBe(false);
    trade(FIRST);
    await eventually('it is taken up', () => isFilled(waits.id));
    await eventually('all is told', async () => (await fills(mine)) + (await fills(other)) === 4);
  });

  test('tells what a killed worker has stored by the next one of the same share, and by no other', async () => {
    const { database, bus, told, trade, buy, fills } = await stage();
    const [[mine = '0x'], [other = '0x']] = OWNERS as [Address[], Address[]];
    /** Killed between storing and telling. */
    class Dying extends Trading {
      override async commit(outcome: Parameters<Trading['commit']>[0]): Promise<readonly string[]> {
        await super.commit(outcome);
        return new Promise(() => undefined);
      }
    }
    const killed = endlessPaperWorker(database, bus, { share: FIRST, trading: new Dying(database) });
    onTestFinished(() => killed.archive.close());
    killed.worker.start();
    await buy(mine, 'one');
    const unpublished = () => new Trading(database).unpublished(FIRST);
    await eventually('it is stored', async () => (await unpublished()).length > 0);
    trade(SECOND);
    await buy(other, 'one');
    await eventually('the others are told', async () => (await fills(other)) === 1);
    expect(told.some(({ owner }) => owner === mine)).toBe(false);
    trade(FIRST);
    await eventually('it is told', async () => (await fills(mine)) === 1);
  });
});
