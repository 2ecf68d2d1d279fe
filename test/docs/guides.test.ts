import { readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from './fits.ts';
import { snippetsOf } from './markdown.ts';

const PAGE = 'docs/guides/moving.md';
const text = readFileSync(PAGE, 'utf8');

/** What five raw APIs call their endpoints, messages, channels and errors. */
const RAW: Readonly<Record<string, readonly string[]>> = {
  'a risk monitor': [
    ...['/ws/positions/{id}/risk-stream', '/ws/alerts/live-feed', '/ws/positions/{id}/value-stream'],
    ...['/ws/market/{token}/stream', '/ws/system/status', '/ws/stream', 'user_address'],
    ...['RiskUpdate', 'AlertNotification', 'PositionUpdate', 'MarketUpdate', 'SystemStatus', 'Connected', 'Heartbeat'],
    ...['PositionRisk', 'UserAlerts', 'PositionValue', 'MarketData', '`subscribe`', '`unsubscribe`', '`heartbeat`'],
    ...[
      'connection refused',
      'authentication',
      'position not found',
      'rate limited',
      'server overload',
      'five minutes',
    ],
  ],
  'perpetual futures': [
    ...['/ws/prices/{market}', '/ws/positions/{address}', '/ws/liquidations', '/ws/market-stats/{market}'],
    ...['`connected`', 'price_update', 'positions_update', 'liquidation_warning', 'position_opened', 'position_closed'],
    ...['position_liquidated', 'liquidation_alert', 'market_stats', 'funding_rate_update', '/api/v1/ws/stats'],
    'events of the blockchain',
  ],
  arbitrage: [
    ...['/ws/v1/stream', '`opportunities`', '`transactions`', 'chain_id', 'min_profit', 'max_profit', 'min_swaps'],
    ...['`subscribed`', '`unsubscribed`', '`opportunity`', '`transaction`', '`ping`', '`pong`', 'invalid channel'],
    ...['not JSON', 'unknown type of message', '1008', 'Server at capacity'],
  ],
  'a trading platform': [
    ...['/ws/trading?token=', '/ws/market`', '`orders`', '`risk_alerts`', '`bot_status`', '`portfolio`'],
    ...['subscribe_symbol', 'subscribe_ticker', 'subscribe_trades', 'subscribe_orderbook', '/ws/status'],
    ...['order_update', '`risk_alert`', '`ticker`', '`trade`', '`orderbook`', '4001', '4002', '4003', '4004'],
  ],
  'stock trading': [
    ...['?client_id=', 'price_updates', '`signals`', '`trades`', 'portfolio_update', '`signal`', 'trade_executed'],
    ...['/websocket/status', 'stream_health', '"error"'],
  ],
};

/** What they call their fields. */
const FIELDS =
  `position_id overall_risk_score liquidity_risk volatility_risk protocol_risk mev_risk_score cross_chain_risk
  impermanent_loss_pct current_il_usd max_drawdown_pct sharpe_ratio var_95_pct alert_type severity title message risk_score
  current_value threshold_value is_resolved created_at current_value_usd pnl_usd token_address price_usd price_change_24h
  volatility status market_id symbol price confidence age_seconds side size entry_price current_price unrealized_pnl
  health_factor liquidation_price is_at_risk total_unrealized_pnl collateral leverage transaction_hash exit_price realized_pnl
  liquidator_address liquidation_fee count candidates potential_reward total_long_oi total_short_oi total_oi long_oi short_oi
  funding_rate last_funding_update chain_id pool_name pool_address imbalance_pct profit_usd profit_native reserve0 reserve1
  block_number detected_at captured captured_by capture_tx_hash tx_hash from_address block_timestamp gas_price_gwei gas_used
  gas_cost_native gas_cost_usd swap_count strategy profit_gross_usd profit_net_usd pools_involved tokens_involved order_id
  filled_quantity remaining_quantity average_price limit_value bot_id name performance total_pnl win_rate trades_today
  price_change price_change_percent high_price low_price volume quantity bids asks change change_pct high low open close
  signal_type positions market_price unrealized_pnl_pct position_count session_id client_id`.split(/\s+/);

/** Every name of the schema: fields, arguments, members of inputs, values of enums; and of the acknowledgement. */
const NAMES = new Set(['sessionId', 'clientId']);
for (const type of Object.values(schema.getTypeMap())) {
  if (isEnumType(type)) for (const { name } of type.getValues()) NAMES.add(name);
  if (isInputObjectType(type)) for (const name of Object.keys(type.getFields())) NAMES.add(name);
  if (isObjectType(type) || isInterfaceType(type)) for (const name of Object.keys(type.getFields())) NAMES.add(name);
}

/** Names that differ: code of the left column, code of the right one. */
const renamed = text
  .slice(text.indexOf('Fields have the same names'), text.indexOf('## A risk monitor'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => line.split(' | ').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)));

describe('moving from a raw API', () => {
  test.each(Object.entries(RAW))('%s: every endpoint, message and error is named', (_, names) => {
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });

  test('every field has the same name here, or stands in the table of those that differ', () => {
    const left = new Set(renamed.flatMap(([there = []]) => there));
    const camel = (name: string) => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
    expect(FIELDS.filter((name) => !left.has(name) && !NAMES.has(camel(name)))).toEqual([]);
  });

  test('and what the table says it is called is in the schema', () => {
    const right = renamed.flatMap(([, here = []]) => here.join(' ').match(/[A-Za-z]\w+/g) ?? []);
    expect(right.length).toBeGreaterThan(25);
    expect(right.filter((name) => !NAMES.has(name))).toEqual([]);
  });

  test('every operation is named in a table', () => {
    const operations = snippetsOf(PAGE)
      .filter(({ language }) => language === 'graphql')
      .map((snippet) => {
        const [definition] = parse(snippet.text).definitions;
        return definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? '') : '';
      });
    expect(operations.length).toBeGreaterThanOrEqual(23);
    const cells = new Set([...text.matchAll(/\| `(\w+)`/g)].map(([, name]) => name));
    expect(operations.filter((name) => !cells.has(name))).toEqual([]);
  });
});
