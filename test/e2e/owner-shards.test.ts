import { expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { BotCommand } from '../../src/model/bot.ts';
import type { Address } from '../../src/model/identity.ts';
import { ALL_OWNERS, isOfShare, sharesOfOwners } from '../../src/model/owner-share.ts';
import type { PositionEvent } from '../../src/model/position-event.ts';
import { createCommands } from '../../src/server/commands.ts';
import { Bots } from '../../src/store/bots.ts';
import { Commands } from '../../src/store/commands.ts';
import { bot } from '../support/bots.ts';
import { heldBy } from '../support/held-leases.ts';
import { ownersOfShares } from '../support/owner-shares.ts';
import { placedOrders } from '../support/placed-orders.ts';
import { type Role, startRole } from '../support/role.ts';
import { silentLog, eventually as within } from '../support/server.ts';
import { sharedGround } from '../support/shared-ground.ts';
import { sumsOf } from '../support/trading-screen.ts';

const SHARES = 4;
const KINDS = ['bots', 'risk', 'trading'];

/** Who trades here: two of each share. */
const TRADERS = ownersOfShares(SHARES, 2).flat();

/** Whole processes start here, on a machine that may be doing other things. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 180_000);

const heldOf = (role: Role, kind: string) => heldBy(role).filter((lease) => lease.startsWith(`${kind}:`)).length;
const botOf = (owner: Address) => `bot-${owner.slice(-8)}`;
const shareOf = (owner: Address) => sharesOfOwners(SHARES).find((share) => isOfShare(share, owner))?.number;

test('two workers have shares of the owners; one is killed, the other goes on with all, and nothing is done or told twice', async () => {
  const { environment, bus, database, latest } = await sharedGround({
    RISK_SHARDS: String(SHARES),
    TRADING_SHARDS: String(SHARES),
    POSITION_INTERVAL_MS: '200',
    LIQUIDATION_INTERVAL_MS: '200',
    PORTFOLIO_INTERVAL_MS: '200',
    SYMBOLS: 'BTCUSDT,ETHUSDT',
  });
  const { buy, statusOf, proveOnce } = placedOrders(database, bus);
  const stored = new Bots(database);
  const commands = createCommands(new Commands(database), bus, silentLog);
  const command = (owner: Address, body: BotCommand) => commands.bot(owner, body, null);
  const values = async () => (await latest.all(topics.positionValue)).map(({ value }) => value);
  /** Shares whose owners' positions were valued after a time. */
  const valued = async (after: number) =>
    new Set(
      (await values()).filter(({ receivedAt }) => receivedAt > after).map(({ position }) => shareOf(position.owner)),
    );
  const placed = (clientOrderId: string) => Promise.all(TRADERS.map((owner) => buy(owner, clientOrderId)));
  const areFilled = async (orders: Awaited<ReturnType<typeof placed>>) =>
    (await Promise.all(orders.map(({ id }) => statusOf(id)))).every((status) => status === 'FILLED');
  const decisions = async () => new Map((await stored.ofShare(ALL_OWNERS)).map(({ id, step }) => [id, step]));

  const [one, two] = await Promise.all([startRole('worker', environment), startRole('worker', environment)]);
  await eventually('each of them has half of the shares of each kind', () =>
    KINDS.every((kind) => [one, two].every((role) => heldOf(role, kind) === SHARES / 2)),
  );
  for (const owner of TRADERS) {
    const plan = { kind: 'DCA', amount: decimal('20'), intervalMs: 5_000 } as const;
    await command(owner, { type: 'create', bot: bot(botOf(owner), owner, { symbol: 'BTCUSDT', plan }) });
    await command(owner, { type: 'start', botId: botOf(owner) });
  }
  const first = await placed('first');
  await eventually('the first orders are filled', () => areFilled(first));
  await eventually('each bot decides', async () => {
    const made = await decisions();
    return TRADERS.every((owner) => (made.get(botOf(owner)) ?? 0) > 0);
  });
  await eventually('each share tells of its positions', async () => (await valued(0)).size === SHARES);

  // Its orders of this moment are anywhere between the intent and the telling.
  const [second] = await Promise.all([placed('second'), one.end('SIGKILL')]);
  const killedAt = Date.now();
  const third = await placed('third');
  const before = await decisions();
  await eventually('the other has all of them', () => KINDS.every((kind) => heldOf(two, kind) === SHARES));
  await eventually('orders of every share are filled', () => areFilled([...second, ...third]));
  await eventually('the bots of every share go on', async () => {
    const after = await decisions();
    return TRADERS.every((owner) => (after.get(botOf(owner)) ?? 0) > (before.get(botOf(owner)) ?? 0));
  });
  await eventually('of every share positions are told on', async () => (await valued(killedAt)).size === SHARES);
  await eventually('the lists of all shares are put together', async () => {
    const lists = (await latest.all(topics.liquidations)).map(({ value }) => value);
    const parts = (await latest.all(topics.liquidationShares)).map(({ value }) => value);
    return (
      parts.length > 0 &&
      lists.some(
        ({ symbol, count }) =>
          count ===
          parts.reduce((sum, { liquidations }) => sum + (liquidations.symbol === symbol ? liquidations.count : 0), 0),
      )
    );
  });

  for (const owner of TRADERS) await command(owner, { type: 'stop', botId: botOf(owner) });
  await eventually('the bots have stopped', async () =>
    (await stored.list(TRADERS)).every(({ status, orders }) => status === 'STOPPED' && orders.length === 0),
  );
  for (const owner of TRADERS) {
    const { fills, has } = await proveOnce(owner);
    await eventually('its portfolio is told as it is stored', async () => {
      const told = (await latest.all(topics.portfolio)).find(({ value }) => value.owner === owner)?.value;
      const cash = told?.cash.find(({ currency }) => currency === 'USDT')?.amount;
      return told?.positions[0]?.quantity === has[0] && cash === has[1];
    });
    const ofBot = fills.filter(({ order }) => order.botId === botOf(owner));
    expect([(await stored.find(botOf(owner)))?.position]).toEqual([sumsOf(ofBot).at(-1)?.[0]]);
    await eventually('its bot is told as it is stored', async () => {
      const told = (await latest.all(topics.botStatus)).find(({ value }) => value.id === botOf(owner))?.value;
      return told?.status === 'STOPPED' && told.version === (await stored.find(botOf(owner)))?.version;
    });
  }
  const ids: string[] = [];
  for (const owner of new Set((await values()).map(({ position }) => position.owner))) {
    const { records } = await bus.readAfter({ kind: 'event', name: topics.positionEvents.name, owner }, 0, 10_000);
    ids.push(...records.map(({ payload }) => (JSON.parse(payload) as PositionEvent).id));
  }
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
  const components = (await latest.all(topics.components)).map(({ value }) => value.name);
  for (const kind of KINDS)
    expect(components.filter((name) => name.split('/')[0] === kind).sort()).toEqual(
      sharesOfOwners(SHARES).map(({ number }) => `${kind}/${number + 1}`),
    );
  expect(await two.end('SIGTERM')).toBe(0);
}, 600_000);
