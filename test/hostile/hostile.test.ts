import { beforeAll, describe, expect, test } from 'vitest';
import { campaign, type Report, VALUES_AT_LEAST } from './campaign.ts';

/** The same in every run: `npm run fuzz` and `HOSTILE_SEED` try others. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_121);

/** Short: `npm run fuzz -- --seconds 600` is long. */
const SECONDS = 4;

/** What readings of a heap differ by without a leak, bytes. */
const NOISE_BYTES = 16_777_216;

/** Sockets that are kept for minutes without a leak: those to the database, ten, and what a client of ours keeps alive. */
const KEPT_SOCKETS = 15;

describe(`a server that is attacked by all that a network can bring (HOSTILE_SEED=${SEED})`, () => {
  let report: Report;

  beforeAll(async () => {
    report = await campaign(SEED, SECONDS, (line) => process.stdout.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify({ ...report, faults: report.faults.length }, null, 1)}\n`);
  }, 300_000);

  test('stays up, and ends in order when it is told to', () => {
    expect([report.ended, report.stopped]).toEqual([null, 'code 0']);
  });

  test('never takes for its own fault what was done to it, says where a document is wrong, and cuts who never comes to the point', () => {
    expect(report.faults).toEqual([]);
  });

  test('was given hostile values at every argument of every root field, and all other kinds of attack', () => {
    expect(report.places).toBeGreaterThan(100);
    expect(report.tried['arguments']).toBeGreaterThanOrEqual(report.places * VALUES_AT_LEAST);
    expect(Object.keys(report.tried)).toHaveLength(10);
  });

  test('delivers every event to a neighbour meanwhile', () => {
    expect(report.neighbour.faults).toEqual([]);
    expect(report.neighbour.received).toBeGreaterThan(20);
  });

  test('keeps no connection, stream, subscription or question of those who have gone', () => {
    expect(report.left).toEqual({ connections: 0, streams: 0, subscriptions: 0, questions: 0 });
  });

  test('holds no more memory than before', () => {
    expect(report.after.heapBytes - report.before.heapBytes).toBeLessThan(NOISE_BYTES);
    expect(report.after.bufferBytes - report.before.bufferBytes).toBeLessThan(NOISE_BYTES);
    const sockets = ({ resources }: Report['after']) => resources['TCPSocketWrap'] ?? 0;
    expect(sockets(report.after)).toBeLessThanOrEqual(sockets(report.before) + KEPT_SOCKETS);
  });

  test('logs nothing worse than a warning, and no secret, token or key', () => {
    expect(report.linesLogged).toBeGreaterThan(0);
    expect(report.badLines).toEqual([]);
  });
});
