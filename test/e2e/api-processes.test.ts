import { expect, inject, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { trade } from '../support/market.ts';
import { type Role, runRole, startRole } from '../support/role.ts';
import { eventually } from '../support/server.ts';
import { sharedGround } from '../support/shared-ground.ts';
import { WireClient } from '../support/wire-client.ts';

/** The newest process of each number, as the log tells of their starts. */
function processesOf({ log }: Role): ReadonlyMap<number, number> {
  const said = log.map((line) => JSON.parse(line) as { msg: string; process: number; pid: number });
  return new Map(said.filter(({ msg }) => msg === 'an api process starts').map((line) => [line.process, line.pid]));
}

/** Which process answers. */
async function answering({ url }: Role): Promise<string> {
  const answer = await fetch(`${url}/status`, { headers: { connection: 'close' } });
  return ((await answer.json()) as { process: string }).process;
}

test('several api processes share a port: each serves, all are counted together, a dead one is replaced, all drain', async () => {
  const { environment, bus } = await sharedGround({ WEB_CONCURRENCY: '2' });
  const api = await startRole('api', environment);
  const bothServe = async () => {
    const seen = new Set<string>();
    await eventually('both processes serve', async () => seen.add(await answering(api)).size === 2, 30_000);
    return [...seen].sort();
  };
  expect(await bothServe()).toEqual(['1', '2']);

  // Connections go round: of four, each process has some.
  const clients = await Promise.all([1, 2, 3, 4].map(() => WireClient.connect(api.url)));
  for (const client of clients) {
    client.subscribe('a', 'subscription { trades { tradeId } }');
    await client.live('a');
  }
  await bus.publishEvent(topics.trades, trade('BTCUSDT', 1));
  for (const client of clients) expect(await client.next('a')).toEqual({ trades: { tradeId: '1' } });
  const connections = async () => {
    const text = await (await fetch(`${api.url}/metrics`, { headers: { connection: 'close' } })).text();
    const lines = text.matchAll(/^tidewire_connections\{process="(\d)"\} (\d+)$/gm);
    return new Map([...lines].map(([, number, count]) => [Number(number), Number(count)]));
  };
  await eventually('all are counted by whichever is scraped', async () => {
    const counted = await connections();
    return counted.size === 2 && [...counted.values()].every((count) => count > 0 && count < 4);
  });
  expect([...(await connections()).values()].reduce((all, one) => all + one, 0)).toBe(4);

  // One dies: its clients alone lose their sockets, and another takes its place.
  const killed = processesOf(api).get(2) ?? 0;
  process.kill(killed, 'SIGKILL');
  const dead = await Promise.race(clients.map(async (client) => ({ client, ...(await client.closed) })));
  expect(dead.code).toBe(1006);
  await eventually('it is replaced', () => ![killed, undefined].includes(processesOf(api).get(2)), 30_000);
  expect(await bothServe()).toEqual(['1', '2']);
  const again = await WireClient.connect(api.url);
  again.subscribe('a', 'subscription { trades(last: 1) { tradeId } }');
  expect(await again.next('a')).toEqual({ trades: { tradeId: '1' } });

  const ended = api.end('SIGTERM');
  expect(await again.closed).toEqual({ code: 1012, reason: 'restart' });
  expect(await ended).toBe(0);
  expect(() => process.kill(processesOf(api).get(1) ?? 0, 0)).toThrow('ESRCH');
});

test('one process that cannot start ends them all, with one line', async () => {
  const environment = { REDIS_URL: inject('redisUrl'), WEB_CONCURRENCY: '2', JWT_SECRET: '', HOST: '0.0.0.0' };
  const { code, output } = await runRole('api', environment);
  expect(code).toBe(1);
  expect(output.split('\n').filter((line) => line.startsWith('JWT_SECRET'))).toHaveLength(1);
});

test('on a bus in its memory there can be one process only', async () => {
  const { code, output } = await runRole('all', { WEB_CONCURRENCY: '2' });
  expect(code).toBe(1);
  expect(output).toMatch(/^WEB_CONCURRENCY: .*npm run api.*\n$/);
});
