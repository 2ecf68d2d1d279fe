import { expect } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { trade } from './market.ts';
import type { CuttableProxy } from './proxy.ts';
import { eventually } from './server.ts';

/** Browsers and clients agree on the words of a URL. */
export const socketUrl = (url: string) => `${url.replace('http', 'ws')}/graphql`;

export async function publishTrades(bus: Bus, ids: readonly number[], symbol = 'A'): Promise<void> {
  for (const id of ids) await bus.publishEvent(topics.trades, trade(symbol, id));
}

/** What every adapter sits: a subscription to trades of A over a network that is cut while trades happen. */
export async function resumingExam(
  bus: Bus,
  proxy: CuttableProxy,
  ids: readonly (string | undefined)[],
  isLive: () => boolean,
): Promise<void> {
  await eventually('it is live', isLive);
  await publishTrades(bus, [1]);
  await eventually('the first is there', () => ids.length === 1);
  const publishing = publishTrades(bus, [2, 3, 4]);
  proxy.cut();
  await publishing;
  await publishTrades(bus, [5]);
  await publishTrades(bus, [99], 'B');
  proxy.mend();
  await eventually('those meanwhile are there', () => ids.length >= 5);
  await publishTrades(bus, [6]);
  await eventually('the last is there', () => ids.length >= 6);
  expect(ids).toEqual(['1', '2', '3', '4', '5', '6']);
}
