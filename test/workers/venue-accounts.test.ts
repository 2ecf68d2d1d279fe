import { describe, expect, test } from 'vitest';
import type { RiskOutput } from '../../src/engines/risk/events.ts';
import { RiskEngine } from '../../src/engines/risk/risk-engine.ts';
import type { AccountFeed, AccountListener } from '../../src/feeds/account-feed.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { VenueAccount, VenueFill, VenuePosition } from '../../src/model/venue-account.ts';
import { VenueAccounts } from '../../src/workers/risk/venue-accounts.ts';
import { silentLog } from '../support/server.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const d = decimal;

const held = (more: Partial<VenuePosition> = {}): VenuePosition => ({
  symbol: 'BTC-PERP',
  side: 'LONG',
  size: d('0.5'),
  entryPrice: d('60000'),
  leverage: d('10'),
  marginMode: 'ISOLATED',
  marginUsed: d('3100'),
  value: d('30100'),
  unrealizedPnl: d('100'),
  liquidationPrice: d('54321.5'),
  maxLeverage: 40,
  fundingPaid: d('2'),
  ...more,
});

/** An account that a hand tells, on the engine that all positions are on. */
function followed() {
  let listener: AccountListener | null = null;
  const feed = {
    name: 'hyperliquid',
    watchAccount: (_owner: string, heard: AccountListener) => {
      listener = heard;
      return () => undefined;
    },
  } as unknown as AccountFeed;
  const engine = new RiskEngine({});
  const outputs: RiskOutput[] = [];
  let now = 1_000;
  const accounts = new VenueAccounts({
    feed,
    addresses: [OWNER],
    open: (owner) => engine.positionsOf(owner).positions.map(({ position }) => position),
    change: (change) => outputs.push(...engine.process({ kind: 'change', change })),
    log: silentLog,
  });
  accounts.start();
  const times = () => ({ timestamp: ++now, receivedAt: now });
  return {
    engine,
    price: (symbol: string, price: string) =>
      engine.process({
        kind: 'price',
        symbol,
        price: d(price),
        confidence: null,
        volatilityPct: null,
        stale: false,
        ...times(),
      }),
    account: (positions: readonly VenuePosition[], accountValue = '10000') => {
      const facts = { marginUsed: d('0'), maintenanceMargin: null, withdrawable: d('0') };
      const account: VenueAccount = {
        source: 'hyperliquid',
        owner: OWNER,
        accountValue: d(accountValue),
        ...facts,
        positions,
        ...times(),
      };
      listener?.account(account);
    },
    fill: (more: Partial<VenueFill>) =>
      listener?.fill({
        source: 'hyperliquid',
        owner: OWNER,
        symbol: 'BTC-PERP',
        fillId: 'f',
        orderId: '1',
        side: 'SELL',
        price: d('61000'),
        size: d('0.5'),
        startPosition: d('0.5'),
        closedPnl: d('500'),
        fee: d('3'),
        feeCurrency: 'USDC',
        taker: true,
        transactionHash: `0x${'ab'.repeat(32)}`,
        liquidation: false,
        replayed: false,
        ...times(),
        ...more,
      }),
    /** Types of events since the last asking. */
    events: () => outputs.splice(0).flatMap((output) => (output.kind === 'positionEvent' ? [output.event] : [])),
    positions: () => engine.positionsOf(OWNER).positions,
  };
}

describe('a followed account', () => {
  test('has its perpetuals, with the margin and the liquidation price of the venue', () => {
    const { account, price, events, positions } = followed();
    price('BTC-PERP', '60200');
    account([held()]);
    expect(events().map(({ type }) => type)).toEqual(['OPENED']);
    const [{ position, figures } = { position: null, figures: null }] = positions();
    expect(position).toMatchObject({
      protocol: 'hyperliquid',
      provenance: 'PUBLIC',
      collateral: '3000',
      entryValue: '30000',
      fundingPaid: '2',
      realizedPnl: '-2',
      maintenance: [{ rate: '0.0125' }],
    });
    // (3,000 + 100) over 30,100 / 80.
    expect(figures).toMatchObject({ liquidationPrice: '54321.5', unrealizedPnl: '100' });
    expect(Number(figures?.healthFactor)).toBeCloseTo(3100 / 376.25, 10);
  });

  test('told again is no event, also where funding was paid and the venue rounds; a changed size is one', () => {
    const { account, price, events, positions } = followed();
    price('BTC-PERP', '60200');
    account([held()]);
    events();
    account([held()]);
    account([held({ fundingPaid: d('3'), marginUsed: d('3100.004') })]);
    expect(events()).toEqual([]);
    expect(positions()[0]?.position).toMatchObject({ realizedPnl: '-3', collateral: '3000' });
    account([held({ size: d('0.7') })]);
    expect(events().map(({ type }) => type)).toEqual(['ADJUSTED']);
  });

  test('ends a position with the price, gain and transaction of its fill, whichever of the two comes first', () => {
    for (const fillFirst of [true, false]) {
      const { account, fill, price, events, positions } = followed();
      price('BTC-PERP', '60200');
      account([held()]);
      events();
      if (fillFirst) fill({});
      account([]);
      if (!fillFirst) fill({});
      const [closed] = events();
      expect(closed).toMatchObject({
        type: 'CLOSED',
        exitPrice: '61000',
        realizedPnl: '495',
        transactionHash: `0x${'ab'.repeat(32)}`,
      });
      expect(positions()).toEqual([]);
      account([held()]);
      expect(events().map(({ type, positionId }) => [type, positionId === closed?.positionId])).toEqual([
        ['OPENED', false],
      ]);
    }
  });

  test('without a word of how, a position that is gone twice has ended; one that the venue liquidated says so', () => {
    const { account, fill, price, events } = followed();
    price('BTC-PERP', '60200');
    account([held()]);
    events();
    account([]);
    expect(events()).toEqual([]);
    account([]);
    expect(events()).toMatchObject([{ type: 'CLOSED', exitPrice: '60200' }]);
    account([held()]);
    events();
    fill({ liquidation: true });
    account([]);
    expect(events()).toMatchObject([{ type: 'LIQUIDATED', liquidationPrice: '61000' }]);
  });

  test('turned round has ended one way and begun the other', () => {
    const { account, price, events } = followed();
    price('BTC-PERP', '60200');
    account([held()]);
    events();
    account([held({ side: 'SHORT' })]);
    expect(events().map(({ type }) => type)).toEqual(['CLOSED', 'OPENED']);
  });

  test('in cross margin stands as one, with what the account has without its gains', () => {
    const { account, price, positions } = followed();
    price('BTC-PERP', '60200');
    price('ETH-PERP', '3000');
    const cross = { marginMode: 'CROSS', marginUsed: d('300') } as const;
    const eth = held({ ...cross, symbol: 'ETH-PERP', entryPrice: d('3000'), unrealizedPnl: d('0'), size: d('1') });
    account([held(cross), eth], '10000');
    // Equity 10,000 over maintenance 30,100 / 80 + 3,000 / 80.
    for (const { figures } of positions())
      expect(Number(figures.healthFactor)).toBeCloseTo(10_000 / (376.25 + 37.5), 10);
  });
});
