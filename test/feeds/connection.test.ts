import { afterEach, describe, expect, test } from 'vitest';
import { AttemptLimit } from '../../src/feeds/attempt-limit.ts';
import { type ConnectionOptions, VenueConnection } from '../../src/feeds/connection.ts';
import { createLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { syntheticRecording } from '../support/recording-synthetic.ts';
import { quietly, until } from '../support/until.ts';

const HOUR = 3_600_000;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function connected(change: Partial<ConnectionOptions> = {}) {
  const venue = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'spot', steps: 20 })] });
  const clock = new FakeClock();
  const heard: string[] = [];
  const connection = new VenueConnection({
    name: 'test',
    url: `${venue.wsUrl}/stream?streams=btcusdt@trade`,
    requests: [],
    requestIntervalMs: 250,
    quietMs: 15_000,
    rotateMs: 23 * HOUR,
    attempts: new AttemptLimit(300, 300_000),
    clock,
    log: createLog('silent'),
    random: () => 0,
    listener: {
      opened: () => heard.push('opened'),
      message: (text, role) => {
        heard.push(`${role}:${text.startsWith('{"stream"') ? 'trade' : text}`);
        return text.startsWith('{"stream"');
      },
      overlapping: () => heard.push('overlapping'),
      movedOver: () => heard.push('moved over'),
      lost: (reason) => heard.push(`lost: ${reason}`),
      failed: () => undefined,
    },
    ...change,
  });
  ends.push(async () => {
    await connection.stop();
    await venue.close();
  });
  const says = (what: string, times = 1) =>
    until(what, () => heard.filter((one) => one.startsWith(what)).length >= times);
  return { venue, clock, connection, heard, says };
}

async function opened(change: Partial<ConnectionOptions> = {}) {
  const all = await connected(change);
  all.connection.start();
  await all.says('opened');
  return all;
}

describe('a connection that comes back', () => {
  test('is told as lost, waits a second and is opened again', async () => {
    const { venue, clock, heard, says } = await opened();
    venue.cut();
    await says('lost');
    expect(venue.connected.length).toBe(1);
    await clock.advance(999);
    await quietly();
    expect(venue.connected.length).toBe(1);
    await clock.advance(1);
    await says('opened', 2);
    expect(heard).toEqual(['opened', expect.stringContaining('lost'), 'opened']);
  });

  test('waits longer after each failure, up to 30 s, and is not told as lost again', async () => {
    const { venue, clock, heard, says } = await opened();
    venue.cut();
    await says('lost');
    venue.refuseConnections(true);
    let attempts = 0;
    for (const wait of [1_000, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      await clock.advance(wait - 1);
      await quietly();
      expect(venue.attempted).toBe(1 + attempts);
      await clock.advance(1);
      attempts++;
      await until('another attempt', () => venue.attempted === 1 + attempts);
      await quietly();
    }
    expect(heard.filter((one) => one.startsWith('lost')).length).toBe(1);
  });

  test('a venue that is not there at the start is tried until it is', async () => {
    const { venue, clock, connection, heard } = await connected();
    venue.refuseConnections(true);
    connection.start();
    await until('refused', () => venue.attempted === 1);
    await quietly();
    expect(heard).toEqual([]);
    venue.refuseConnections(false);
    await clock.advance(1_000);
    await until('opened', () => heard.includes('opened'));
  });

  test('a URL that is none is an attempt that failed', async () => {
    const { connection, clock, heard, venue } = await connected({ url: 'nowhere' });
    connection.start();
    await quietly();
    await clock.advance(30_000);
    await quietly();
    expect(heard).toEqual([]);
    expect(venue.attempted).toBe(0);
  });

  test('never more attempts than the venue takes', async () => {
    const { venue, clock, connection } = await connected({ attempts: new AttemptLimit(2, 300_000) });
    venue.refuseConnections(true);
    connection.start();
    await until('the first', () => venue.attempted === 1);
    await quietly();
    await clock.advance(1_000);
    await until('the second', () => venue.attempted === 2);
    await quietly();
    for (let waited = 0; waited < 298; waited += 1) {
      await clock.advance(1_000);
      await quietly(2);
    }
    expect(venue.attempted).toBe(2);
    await clock.advance(2_000);
    await until('the third', () => venue.attempted === 3);
  });
});

describe('a connection that goes quiet', () => {
  test('is closed and made anew: pings and answers are no data', async () => {
    const { venue, clock, says, heard } = await opened();
    await clock.advance(10_000);
    const pongs = venue.ping('1767225600000');
    await until('the pong', () => pongs.length === 1);
    expect(pongs).toEqual(['1767225600000']);
    venue.send('{"result":null,"id":1}');
    await says('current:{"result"');
    await clock.advance(4_999);
    await quietly();
    expect(heard.some((one) => one.startsWith('lost'))).toBe(false);
    await clock.advance(1);
    await says('lost: no data for 15 s');
    await clock.advance(1_000);
    await says('opened', 2);
  });

  test('in the middle of moving over takes the successor with it', async () => {
    const { venue, clock, connection, says } = await opened();
    await clock.advance(12_000);
    connection.rotate('planned');
    await says('overlapping');
    await clock.advance(3_000);
    await says('lost: no data for 15 s');
    await until('both gone', () => venue.connections === 0);
    await clock.advance(1_000);
    await says('opened', 2);
    await quietly();
    expect(venue.connections).toBe(1);
  });

  test('data at any time in between keeps it', async () => {
    const { venue, clock, says, heard } = await opened();
    for (let times = 1; times <= 3; times++) {
      await clock.advance(14_000);
      await venue.playTo(({ stream }) => stream.endsWith('@trade'));
      await says('current:trade', times);
    }
    expect(heard.some((one) => one.startsWith('lost'))).toBe(false);
  });
});

describe('moving over', () => {
  const keep = async (venue: RecordedVenue, clock: FakeClock, hours: number) => {
    for (let quarter = 0; quarter < hours * 4; quarter++) {
      await clock.advance(HOUR / 4);
      if (quarter % 4 === 3) await quietly(1);
    }
    return venue;
  };

  test('a successor is opened before the venue cuts, and the old one goes only when the new one is there', async () => {
    const { venue, clock, says, heard } = await opened({ quietMs: 100 * HOUR });
    await keep(venue, clock, 23);
    await says('overlapping');
    expect(venue.connections).toBe(2);
    await venue.playTo(({ stream }) => stream.endsWith('@trade'));
    await says('current:trade');
    await says('successor:trade');
    await clock.advance(5_000);
    await says('moved over');
    await until('the old one gone', () => venue.connections === 1);
    expect(heard.some((one) => one.startsWith('lost'))).toBe(false);
    await venue.playTo(({ stream }) => stream.endsWith('@trade'));
    await says('current:trade', 2);
  });

  test('on request, once, and at once when everything has been taken over', async () => {
    const { venue, connection, says, clock } = await opened();
    connection.rotate('the server goes down');
    connection.rotate('the server goes down');
    await says('overlapping');
    expect(venue.connections).toBe(2);
    connection.settle();
    await says('moved over');
    await until('the old one gone', () => venue.connections === 1);
    await clock.advance(14_000);
    expect(venue.connected.length).toBe(2);
  });

  test('a successor that cannot be had is tried again while the old one goes on', async () => {
    const { venue, connection, says, clock, heard } = await opened();
    venue.refuseConnections(true);
    connection.rotate('planned');
    await until('refused', () => venue.attempted === 2);
    await quietly();
    await venue.playTo(({ stream }) => stream.endsWith('@trade'));
    await says('current:trade');
    venue.refuseConnections(false);
    await clock.advance(1_000);
    await says('overlapping');
    expect(heard.some((one) => one.startsWith('lost'))).toBe(false);
  });

  test('when the old one dies while both are open, the successor takes its place without a loss', async () => {
    const { venue, connection, says, heard } = await opened();
    connection.rotate('planned');
    await says('overlapping');
    venue.cut(0);
    await says('moved over');
    await venue.playTo(({ stream }) => stream.endsWith('@trade'));
    await says('current:trade');
    expect(heard.some((one) => one.startsWith('lost'))).toBe(false);
  });

  test('when the old one dies before the successor is open, that is a loss', async () => {
    const { venue, connection, says, clock } = await opened();
    venue.refuseConnections(true);
    connection.rotate('planned');
    await until('refused', () => venue.attempted === 2);
    await quietly();
    venue.cut();
    await says('lost');
    venue.refuseConnections(false);
    await clock.advance(1_000);
    await says('opened', 2);
    await quietly();
    expect(venue.connections).toBe(1);
  });
});

describe('what is sent', () => {
  test('requests go out four a second at most', async () => {
    const subscribe = (id: number) => JSON.stringify({ method: 'SUBSCRIBE', params: [`c${id}usdt@trade`], id });
    const { venue, clock } = await opened({ requests: [1, 2, 3, 4, 5, 6].map(subscribe) });
    for (let sent = 1; sent <= 6; sent++) {
      await until(`request ${sent}`, () => venue.messages.length === sent);
      await clock.advance(249);
      await quietly();
      expect(venue.messages.length).toBe(sent);
      await clock.advance(1);
    }
    expect(venue.messages.map((text) => (JSON.parse(text) as { id: number }).id)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('requests are sent again after each opening', async () => {
    const { venue, clock, says } = await opened({ requests: ['{"method":"SUBSCRIBE","params":["x@trade"],"id":1}'] });
    await until('sent', () => venue.messages.length === 1);
    venue.cut();
    await says('lost');
    await clock.advance(1_000);
    await says('opened', 2);
    await until('sent again', () => venue.messages.length === 1);
  });
});

describe('the end', () => {
  test('stop leaves no timer, no socket and no word', async () => {
    const { venue, clock, connection, heard } = await opened();
    connection.rotate('planned');
    await until('both', () => venue.connections === 2);
    const before = heard.length;
    await connection.stop();
    expect(clock.pending).toBe(0);
    await until('gone', () => venue.connections === 0);
    expect(heard.length).toBe(before);
  });

  test('stop while waiting for the next attempt', async () => {
    const { venue, clock, connection, says } = await opened();
    venue.cut();
    await says('lost');
    await connection.stop();
    expect(clock.pending).toBe(0);
  });

  test('stopped from within a message, it tells nothing of what came with it', async () => {
    const heard: string[] = [];
    const stopping: Promise<void>[] = [];
    const { venue, connection } = await connected({
      listener: {
        opened: () => heard.push('opened'),
        message: (text) => {
          heard.push(text);
          stopping.push(connection.stop());
          return true;
        },
        overlapping: () => undefined,
        movedOver: () => undefined,
        lost: () => heard.push('lost'),
        failed: () => undefined,
      },
    });
    connection.start();
    await until('opened', () => heard.length === 1);
    for (const text of ['1', '2', '3']) venue.send(text);
    await until('stopping', () => stopping.length > 0);
    await Promise.all(stopping);
    await quietly();
    expect(heard).toEqual(['opened', '1']);
  });

  test('a message larger than any that is taken ends the connection, not the process', async () => {
    const { venue, says } = await opened();
    venue.send('x'.repeat(4 * 1024 * 1024 + 1));
    await says('lost');
  });
});
