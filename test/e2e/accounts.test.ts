import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { HyperliquidVenue } from '../support/hyperliquid-venue.ts';
import { runRole, startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';

/** The owner whom callers without a credential are taken for. */
const DEMO = '0x00000000000000000000000000000000000De300';
const USER = DEMO.toLowerCase();
const HASH = `0x${'ab'.repeat(32)}`;

/** A short as the venue answered for a real account; `szi` is what is left of it. */
const account = (szi: string | null) => ({
  assetPositions:
    szi === null
      ? []
      : [
          {
            type: 'oneWay',
            position: {
              coin: 'BTC',
              szi,
              entryPx: '26951.0',
              leverage: { type: 'cross', value: 20 },
              liquidationPx: '173198.69592357',
              marginUsed: '10.582273',
              maxLeverage: 50,
              positionValue: '211.64542',
              unrealizedPnl: '-0.08007',
              returnOnEquity: '-0.00756906',
              cumFunding: { allTime: '1.5', sinceOpen: '0.25', sinceChange: '0.0' },
            },
          },
        ],
  marginSummary: {
    accountValue: '1182.312496',
    totalMarginUsed: '10.582273',
    totalNtlPos: '211.64542',
    totalRawUsd: '1393.957916',
  },
  crossMaintenanceMarginUsed: '2.1164542',
  withdrawable: '1171.730223',
  time: Date.now(),
});

const fill = (tid: number, startPosition: string, sz: string, closedPnl: string) => ({
  coin: 'BTC',
  side: 'B',
  dir: 'Close Short',
  px: '26000.0',
  sz,
  startPosition,
  closedPnl,
  fee: '0.05',
  feeToken: 'USDC',
  crossed: true,
  hash: HASH,
  oid: tid,
  tid,
  time: Date.now() + tid,
});

async function venueOf(): Promise<HyperliquidVenue> {
  const venue = await HyperliquidVenue.start({ coins: ['BTC'], clock: systemClock });
  const going = setInterval(() => venue.step(), 20);
  onTestFinished(async () => {
    clearInterval(going);
    await venue.close();
  });
  return venue;
}

const settings = (venue: HyperliquidVenue, accounts: readonly string[]) => ({
  FEEDS: 'hyperliquid',
  SYMBOLS: 'BTC-PERP',
  HYPERLIQUID_WS_URL: venue.wsUrl,
  HYPERLIQUID_REST_URL: venue.restUrl,
  HYPERLIQUID_ACCOUNTS: accounts.join(),
  POSITION_INTERVAL_MS: '100',
});

interface Live {
  readonly positions: {
    readonly positions: readonly Readonly<Record<string, unknown>>[];
  };
}

test('what a venue tells of an address comes to its owner: the position with the venue’s own liquidation price, its fills, its end', async () => {
  const venue = await venueOf();
  const { url } = await startRole('all', settings(venue, [DEMO]));
  const client = await WireClient.connect(url);
  client.subscribe(
    'events',
    'subscription { positionEvents { type transactionHash market { symbol } ... on PositionOpened { side size } ... on PositionClosed { exitPrice realizedPnl } } }',
  );
  client.subscribe(
    'live',
    'subscription { positions { owner positions { kind provenance protocol side size entryPrice currentPrice liquidationPrice healthFactor fundingPaid feesPaid realizedPnl marginMode } } }',
  );
  await client.live('events');
  const tell = (channel: string, data: object) => venue.tell(channel, USER, { user: USER, ...data });
  const held = async (wanted: (position: Readonly<Record<string, unknown>> | undefined) => boolean) => {
    for (;;) {
      const [position] = (await client.next<Live>('live')).positions.positions;
      if (wanted(position)) return position;
    }
  };
  const event = async () => (await client.next<{ positionEvents: object }>('events')).positionEvents;
  await until('the address is followed', () => venue.subscriptions.includes(`userFills ${USER}`));

  tell('clearinghouseState', { dex: '', clearinghouseState: account('-0.00785') });
  expect(await event()).toMatchObject({
    type: 'OPENED',
    market: { symbol: 'BTC-PERP' },
    side: 'SHORT',
    size: '0.00785',
  });
  expect(await held((position) => position?.['currentPrice'] != null)).toMatchObject({
    kind: 'PERP',
    provenance: 'PUBLIC',
    protocol: 'hyperliquid',
    marginMode: 'CROSS',
    side: 'SHORT',
    entryPrice: '26951',
    liquidationPrice: '173198.69592357',
    fundingPaid: '0.25',
    healthFactor: expect.stringMatching(/^\d/),
  });

  tell('userFills', { fills: [fill(1, '-0.00785', '0.00385', '3.66')] });
  tell('clearinghouseState', { dex: '', clearinghouseState: account('-0.004') });
  expect(await event()).toMatchObject({ type: 'ADJUSTED', transactionHash: HASH });
  expect(await held((position) => position?.['size'] === '0.004')).toMatchObject({
    realizedPnl: '3.36',
    feesPaid: '0.05',
  });

  tell('userFills', { fills: [fill(2, '-0.004', '0.004', '3.8')] });
  tell('clearinghouseState', { dex: '', clearinghouseState: account(null) });
  expect(await event()).toMatchObject({
    type: 'CLOSED',
    transactionHash: HASH,
    exitPrice: '26000',
    realizedPnl: '7.11',
  });
  await held((position) => position === undefined);
  await eventually('its end is stored', async () => {
    const { data } = await query<{ positionList: { edges: { node: { status: string; realizedPnl: string } }[] } }>(
      url,
      '{ positionList { edges { node { status realizedPnl } } } }',
    );
    const [edge] = data?.positionList.edges ?? [];
    return edge?.node.status === 'CLOSED' && edge.node.realizedPnl === '7.11';
  });
  await client.close();
});

test('more addresses than the venue allows are refused at the start, with their number', async () => {
  const venue = await venueOf();
  const eleven = Array.from({ length: 11 }, (_, place) => `0x${String(place).padStart(40, '0')}`);
  const { code, output } = await runRole('all', settings(venue, eleven));
  expect(code).not.toBe(0);
  expect(output).toMatch(/HYPERLIQUID_ACCOUNTS.*at most 10/s);
});
