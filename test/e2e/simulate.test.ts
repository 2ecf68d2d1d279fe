import { expect, test } from 'vitest';
import { startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const SIMULATE = 'mutation ($input: SimulateInput!) { simulate(input: $input) { positionId alertRuleId } }';
const QUICK = { POSITION_INTERVAL_MS: '200', MARKET_STATS_INTERVAL_MS: '200', MARKET_HISTORY_INTERVAL_MS: '1000' };

interface Simulated {
  readonly simulate: { readonly positionId: string | null; readonly alertRuleId: string | null };
}

test('what is simulated comes by the subscriptions of what happens by itself, and histories are written meanwhile', async () => {
  const { url } = await startRole('all', QUICK);
  const client = await WireClient.connect(url);
  const perp = { symbol: 'BTC-PERP', side: 'LONG', size: '0.01', entryPrice: '60000', collateral: '500' };
  const spot = { symbol: 'AAPL', size: '3', entryPrice: '200' };
  const track = async (input: object): Promise<string> => {
    const text =
      'mutation ($input: TrackPositionInput!) { trackPosition(input: $input) { position { id healthFactor } } }';
    const { data } = await query<{ trackPosition: { position: { id: string } } }>(url, text, { input });
    return data?.trackPosition.position.id ?? '';
  };
  await eventually('symbols are known', async () => {
    const { data } = await query<{ instruments: unknown[] }>(url, '{ instruments { symbol } }');
    return (data?.instruments.length ?? 0) > 0;
  });
  const [hurt, held] = [await track({ perp }), await track({ spot })];
  const simulate = (input: object) => query<Simulated>(url, SIMULATE, { input });

  client.subscribe(
    'events',
    `subscription { positionEvents(filter: {positionId: "${hurt}", types: [LIQUIDATED]}) { type ... on PositionLiquidated { liquidatorAddress liquidationPrice } } }`,
  );
  client.subscribe(
    'alerts',
    `subscription { alerts(filter: {positionId: "${held}"}) { state severity positionId currentValue } }`,
  );
  await client.live('events');
  await client.live('alerts');

  expect((await simulate({ liquidation: { positionId: held } })).errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    argument: 'input.liquidation.positionId',
  });
  expect((await simulate({ liquidation: { positionId: hurt } })).data?.simulate.positionId).toBe(hurt);
  expect(await client.next('events')).toMatchObject({
    positionEvents: { type: 'LIQUIDATED', liquidatorAddress: expect.stringMatching(/^0x/) },
  });
  await eventually('it is over', async () => {
    const again = await simulate({ liquidation: { positionId: hurt } });
    return again.errors?.[0]?.extensions['code'] === 'CONFLICT';
  });

  const raised = await simulate({ alert: { positionId: held, severity: 'CRITICAL' } });
  expect(await client.next('alerts')).toMatchObject({
    alerts: { state: 'OPEN', severity: 'CRITICAL', positionId: held, currentValue: expect.stringMatching(/^\d/) },
  });
  const rule = raised.data?.simulate.alertRuleId;
  await query(url, `mutation { deleteAlertRule(input: {id: "${rule}"}) { alertRule { id } } }`);
  expect(await client.next('alerts')).toMatchObject({ alerts: { state: 'RESOLVED' } });

  const page =
    '{ priceHistory(symbol: "BTC-PERP", first: 2) { edges { node { at price source } } pageInfo { hasNextPage endCursor } } marketStatsHistory(market: "BTC-PERP", first: 1) { edges { node { at currentPrice fundingRate } } } }';
  interface Pages {
    readonly priceHistory: {
      readonly edges: readonly { readonly node: { readonly at: string; readonly price: string } }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
    readonly marketStatsHistory: { readonly edges: readonly unknown[] };
  }
  await eventually('points are written', async () => {
    const { data } = await query<Pages>(url, page);
    return data?.priceHistory.pageInfo.hasNextPage === true && data.marketStatsHistory.edges.length === 1;
  });
  const { data: first } = await query<Pages>(url, page);
  const newest = first?.priceHistory.edges.map(({ node }) => node.at) ?? [];
  const older = await query<Pages>(
    url,
    page.replace('first: 2', `first: 2, after: "${first?.priceHistory.pageInfo.endCursor}"`),
  );
  for (const { node } of older.data?.priceHistory.edges ?? []) {
    expect(node.at < (newest.at(-1) ?? '')).toBe(true);
    expect(node.price).toMatch(/^\d/);
  }

  client.subscribe('prices', 'subscription { prices(filter: {symbols: ["BTC-PERP"]}) { stale } }');
  const stale = async (wanted: boolean) => {
    while ((await client.next<{ prices: { stale: boolean } }>('prices')).prices.stale !== wanted);
  };
  await stale(false);
  const nobody = await simulate({ staleFeed: { source: 'nobody', forMs: 500 } });
  expect(nobody.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', allowed: ['simulated'] });
  expect((await simulate({ staleFeed: { source: 'simulated', forMs: 500 } })).errors).toBeUndefined();
  await stale(true);
  await stale(false);
  await client.close();
});
