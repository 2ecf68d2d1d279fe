import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/lib/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { Prisma } from '../../src/store/generated/client.ts';
import { Positions, type RiskPoint } from '../../src/store/positions.ts';
import { prune } from '../../src/store/prune.ts';
import type { RiskBucket } from '../../src/store/risk-buckets.ts';
import { fileDatabase, freshDatabase } from '../support/postgres.ts';
import { eventually } from '../support/server.ts';

const HOUR_MS = DAY_MS / 24;
const BEGIN = Date.UTC(2026, 0, 1);
const DAYS = 5;

/** Any time of the days, and often one at which a day ends or begins. */
const time = fc
  .oneof(
    fc.nat(DAYS * DAY_MS),
    fc.tuple(fc.nat(DAYS), fc.constantFrom(-1, 0, 1)).map(([day, beside]) => day * DAY_MS + beside),
    fc.nat(DAYS * 24).map((hour) => hour * HOUR_MS),
  )
  .map((since) => BEGIN + since);

const point = fc.record({
  positionId: fc.constantFrom('a', 'b'),
  at: time,
  valueUsd: fc.integer({ min: -50, max: 50 }).map(String),
  pnlUsd: fc.integer({ min: -50, max: 50 }).map((whole) => `${whole}.25`),
  healthFactor: fc.option(fc.nat(50).map(String)),
  riskScore: fc.option(fc.nat(800).map((eighths) => eighths / 8)),
});

/** As a worker hands them on: a key is in a batch once, and in another perhaps again. */
const batches = fc.array(
  fc.uniqueArray(point, { maxLength: 40, selector: ({ positionId, at }) => `${positionId}|${at}` }),
  { maxLength: 4 },
);

const extreme = (values: readonly string[], sign: 1 | -1) =>
  values.reduce((a, b) => (Math.sign(Number(b) - Number(a)) === sign ? b : a));

/** What buckets are, said without a database. */
function bucketsOf(points: readonly RiskPoint[], from: number, to: number, bucketMs: number): readonly RiskBucket[] {
  const within = points.filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
  const groups = Map.groupBy(within, ({ at }) => Math.floor(at / bucketMs) * bucketMs);
  return [...groups].map(([begin, some]) => {
    const values = some.map(({ valueUsd }) => valueUsd);
    const healths = some.flatMap(({ healthFactor }) => healthFactor ?? []);
    const scores = some.flatMap(({ riskScore }) => riskScore ?? []);
    return {
      from: begin,
      points: some.length,
      valueOpen: values[0] ?? '',
      valueClose: values.at(-1) ?? '',
      valueHigh: extreme(values, 1),
      valueLow: extreme(values, -1),
      pnlClose: some.at(-1)?.pnlUsd ?? '',
      healthLow: healths.length === 0 ? null : extreme(healths, -1),
      riskScoreHigh: scores.length === 0 ? null : Math.max(...scores),
    };
  });
}

/** Days in which the kept ones and what the points say differ. */
async function wrongDays(database: Database): Promise<readonly object[]> {
  return database.run(
    (client) => client.$queryRaw<object[]>`
      WITH said AS (
        SELECT "positionId", date_trunc('day', at, 'UTC') AS day, count(*)::int AS points, min(at) AS "firstAt", max(at) AS "lastAt",
          (array_agg("valueUsd" ORDER BY at))[1] AS "valueOpen", (array_agg("valueUsd" ORDER BY at DESC))[1] AS "valueClose",
          max("valueUsd") AS "valueHigh", min("valueUsd") AS "valueLow", (array_agg("pnlUsd" ORDER BY at DESC))[1] AS "pnlClose",
          min("healthFactor") AS "healthLow", max("riskScore") AS "riskScoreHigh"
        FROM "RiskPoint" GROUP BY 1, 2
      )
      (SELECT 'too much' AS what, * FROM "RiskDay" EXCEPT SELECT 'too much', * FROM said)
      UNION ALL (SELECT 'missing', * FROM said EXCEPT SELECT 'missing', * FROM "RiskDay")`,
  );
}

const numbered = (count: number, of: (index: number) => Partial<RiskPoint>): readonly RiskPoint[] =>
  Array.from({ length: count }, (_, index) => ({
    positionId: 'p',
    at: BEGIN,
    valueUsd: String(index),
    pnlUsd: String(-index),
    healthFactor: null,
    riskScore: index,
    ...of(index),
  }));

const countOf = async (database: Database, table: 'RiskDay' | 'RiskPoint') =>
  (await database.run((client) => client.$queryRaw<object[]>`SELECT 1 FROM ${Prisma.raw(`"${table}"`)}`)).length;

describe('charts read whole days as they are kept', () => {
  let database: Database;
  let positions: Positions;
  beforeAll(async () => {
    database = await fileDatabase();
    positions = new Positions(database);
  });

  test('and tell what the points tell, whatever was written how often and in which order, between any two times', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.array(fc.tuple(time, time), { minLength: 1, maxLength: 4 }),
        async (written, ranges) => {
          run++;
          const kept = new Map<string, RiskPoint>();
          for (const batch of written) {
            const points = batch.map((one) => ({ ...one, positionId: `${one.positionId}${run}` }));
            await positions.addPoints(points);
            // The first that was written stays.
            for (const one of points) {
              const key = `${one.positionId}|${one.at}`;
              if (!kept.has(key)) kept.set(key, one);
            }
          }
          for (const [one, other] of ranges)
            for (const bucketMs of [DAY_MS, 2 * DAY_MS, HOUR_MS]) {
              const [from, to] = [Math.min(one, other), Math.max(one, other)];
              const points = [...kept.values()].filter(({ positionId }) => positionId === `a${run}`);
              expect(await positions.buckets(`a${run}`, from, to, bucketMs)).toEqual(
                bucketsOf(points, from, to, bucketMs),
              );
            }
        },
      ),
      { numRuns: 60 },
    );
    expect(await wrongDays(database)).toEqual([]);
  });

  test.each([
    ['the same points', 0],
    ['other points of the same days', 60_000],
  ])('and are right when two write %s at once, each in another order', async (what, apartMs) => {
    const points = numbered(9, (index) => ({ positionId: `${what} ${index}` }));
    const write = (all: readonly RiskPoint[], writer: number) =>
      positions.addPoints(all.map((one) => ({ ...one, at: one.at + writer * apartMs })));
    const waiting = Prisma.sql`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const writing: Promise<void>[] = [];
    await database.run((client) =>
      client.$transaction(
        async (held) => {
          // Of both, the one in the middle has to wait: neither has all it needs before the other begins.
          const data = { positionId: `${what} 4`, at: new Date(BEGIN), valueUsd: 4, pnlUsd: -4 };
          await held.riskPoint.create({ data });
          writing.push(write(points, 1), write(points.toReversed(), 2));
          await eventually('both wait', async () => {
            await held.$queryRaw`SELECT 1 FROM pg_stat_clear_snapshot()`;
            return (await held.$queryRaw<object[]>(waiting)).length === 2;
          });
        },
        { timeout: 60_000 },
      ),
    );
    await Promise.all(writing);
    expect(await positions.points(`${what} 7`, BEGIN + DAY_MS, 100)).toHaveLength(apartMs === 0 ? 1 : 2);
    expect(await wrongDays(database)).toEqual([]);
  });

  test('and of points that a worker of before writes', async () => {
    const data = numbered(50, () => ({ positionId: 'old' })).map((one, index) => ({
      ...one,
      at: new Date(BEGIN + index * HOUR_MS),
    }));
    for (const part of [data.slice(10), data])
      await database.run((client) => client.riskPoint.createMany({ data: part, skipDuplicates: true }));
    const [first] = await positions.buckets('old', BEGIN, BEGIN + 3 * DAY_MS, DAY_MS);
    expect(first).toMatchObject({ points: 24, valueOpen: '0', valueClose: '23', riskScoreHigh: 23 });
    expect(await wrongDays(database)).toEqual([]);
  });
});

test('the points that are there when days begin to be kept are counted', async () => {
  const database = await freshDatabase();
  const positions = new Positions(database);
  await positions.addPoints(
    numbered(300, (index) => ({
      positionId: `p${index % 3}`,
      at: BEGIN + index * HOUR_MS,
      healthFactor: index % 2 === 0 ? '1.5' : null,
    })),
  );
  const kept = await countOf(database, 'RiskDay');
  const folder = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));
  const [name = ''] = readdirSync(folder).filter((one) => one.endsWith('_risk_days'));
  const script = readFileSync(`${folder}${name}/migration.sql`, 'utf8');
  await database.run(async (client) => {
    // As it was before.
    await client.$executeRawUnsafe('DROP TABLE "RiskDay"');
    await client.$executeRawUnsafe('DROP TRIGGER "RiskPoint_days" ON "RiskPoint"');
    await client.$executeRawUnsafe('DROP FUNCTION risk_points_to_days');
    await client.$executeRawUnsafe(script);
  });
  expect(await countOf(database, 'RiskDay')).toBe(kept);
  expect(await wrongDays(database)).toEqual([]);
});

describe('what is too old', () => {
  const points = numbered(4 * 24, (index) => ({ at: BEGIN + index * HOUR_MS }));
  const END = BEGIN + 4 * DAY_MS;

  test('goes by whole days, out of points and days alike', async () => {
    const database = await freshDatabase();
    const positions = new Positions(database);
    await positions.addPoints(points);
    expect(await positions.prunePoints(BEGIN + 2 * DAY_MS - 1)).toBe(24);
    expect(await positions.prunePoints(BEGIN + 2 * DAY_MS + 5 * HOUR_MS)).toBe(24);
    expect(await countOf(database, 'RiskPoint')).toBe(48);
    expect(await wrongDays(database)).toEqual([]);
    for (const bucketMs of [HOUR_MS, DAY_MS])
      expect(await positions.buckets('p', BEGIN, END, bucketMs)).toEqual(
        bucketsOf(points.slice(48), BEGIN, END, bucketMs),
      );
  });

  test('is told of by nobody while it goes, and goes in the end where a process died over it', async () => {
    const database = await freshDatabase();
    const positions = new Positions(database);
    await positions.addPoints(points);
    await prune(database, 'RiskDay', BEGIN + DAY_MS);
    await database.run((client) =>
      client.riskPoint.deleteMany({ where: { at: { lt: new Date(BEGIN + 5 * HOUR_MS) } } }),
    );
    for (const from of [BEGIN, BEGIN + HOUR_MS])
      for (const bucketMs of [HOUR_MS, DAY_MS])
        expect(await positions.buckets('p', from, END, bucketMs)).toEqual(
          bucketsOf(points.slice(24), from, END, bucketMs),
        );
    expect(await positions.prunePoints(BEGIN + DAY_MS)).toBe(19);
    expect(await wrongDays(database)).toEqual([]);
  });
});
