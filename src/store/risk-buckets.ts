import { DAY_MS } from '../lib/clock.ts';
import { Prisma } from './generated/client.ts';

/** Points of a chart, a bucket each. */
export interface RiskBucket {
  /** Beginning of the bucket, milliseconds. */
  readonly from: number;
  readonly points: number;
  readonly valueOpen: string;
  readonly valueClose: string;
  readonly valueHigh: string;
  readonly valueLow: string;
  readonly pnlClose: string;
  readonly healthLow: string | null;
  readonly riskScoreHigh: number | null;
}

/** Which of a position's points, in buckets of which length. Times in milliseconds. */
export interface BucketRequest {
  readonly positionId: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly bucketMs: number;
}

/** Buckets out of the points themselves. */
export function bucketsOfPoints({ positionId, from, to, bucketMs }: BucketRequest): Prisma.Sql {
  const between = (point: Prisma.Sql) =>
    Prisma.sql`${point}."positionId" = ${positionId} AND ${point}.at >= ${new Date(from)} AND ${point}.at < ${new Date(to)}`;
  // The first and last of each bucket are looked up: ordering all points to find them takes three times as long. The times bound that
  // as well, or the whole history of the position is read for a day of it.
  return Prisma.sql`
    SELECT ${milliseconds} AS "from", points, opening."valueUsd"::text AS "valueOpen", closing."valueUsd"::text AS "valueClose",
      high::text AS "valueHigh", low::text AS "valueLow", closing."pnlUsd"::text AS "pnlClose",
      health::text AS "healthLow", score AS "riskScoreHigh"
    FROM (
      SELECT ${bucketOf(Prisma.sql`at`, bucketMs)} AS bucket, count(*)::int AS points, min(at) AS opened, max(at) AS closed,
        max("valueUsd") AS high, min("valueUsd") AS low, min("healthFactor") AS health, max("riskScore") AS score
      FROM "RiskPoint" AS point WHERE ${between(Prisma.sql`point`)} AND ${isKept(positionId)}
      GROUP BY bucket
    ) AS buckets
    JOIN "RiskPoint" AS opening ON opening.at = opened AND ${between(Prisma.sql`opening`)}
    JOIN "RiskPoint" AS closing ON closing.at = closed AND ${between(Prisma.sql`closing`)}
    ORDER BY bucket`;
}

/** The same for buckets of days: whole days as they are kept, and points only of the two that `from` and `to` cut. */
export function bucketsOfDays(request: BucketRequest): Prisma.Sql {
  const { positionId, from, to, bucketMs } = request;
  const firstDay = Math.ceil(from / DAY_MS) * DAY_MS;
  const endDay = Math.floor(to / DAY_MS) * DAY_MS;
  // Within one day, or two that are both cut.
  if (firstDay >= endDay) return bucketsOfPoints(request);
  const points = (since: number, until: number) => Prisma.sql`
    SELECT at, 1, at, at, "valueUsd", "valueUsd", "valueUsd", "valueUsd", "pnlUsd", "healthFactor", "riskScore" FROM "RiskPoint"
    WHERE "positionId" = ${positionId} AND at >= ${new Date(since)} AND at < ${new Date(until)} AND ${isKept(positionId)}`;
  return Prisma.sql`
    SELECT ${milliseconds} AS "from", sum(points)::int AS points,
      (array_agg("valueOpen" ORDER BY "firstAt"))[1]::text AS "valueOpen",
      (array_agg("valueClose" ORDER BY "lastAt" DESC))[1]::text AS "valueClose",
      max("valueHigh")::text AS "valueHigh", min("valueLow")::text AS "valueLow",
      (array_agg("pnlClose" ORDER BY "lastAt" DESC))[1]::text AS "pnlClose",
      min("healthLow")::text AS "healthLow", max("riskScoreHigh") AS "riskScoreHigh"
    FROM (
      SELECT ${bucketOf(Prisma.sql`day`, bucketMs)} AS bucket, piece.* FROM (
        SELECT day, points, "firstAt", "lastAt", "valueOpen", "valueClose", "valueHigh", "valueLow", "pnlClose", "healthLow", "riskScoreHigh"
        FROM "RiskDay" WHERE "positionId" = ${positionId} AND day >= ${new Date(firstDay)} AND day < ${new Date(endDay)}
        ${from < firstDay ? Prisma.sql`UNION ALL ${points(from, firstDay)}` : Prisma.empty}
        ${endDay < to ? Prisma.sql`UNION ALL ${points(endDay, to)}` : Prisma.empty}
      ) AS piece
    ) AS pieces
    GROUP BY bucket ORDER BY bucket`;
}

const milliseconds = Prisma.sql`(extract(epoch FROM bucket) * 1000)::float8`;

function bucketOf(time: Prisma.Sql, bucketMs: number): Prisma.Sql {
  return Prisma.sql`date_bin(make_interval(secs => ${bucketMs / 1_000}::float8), ${time}, timestamptz 'epoch')`;
}

/** A day is deleted before its points are: those that are left are no part of it, while they last. */
function isKept(positionId: string): Prisma.Sql {
  return Prisma.sql`at >= (SELECT coalesce(min(day), 'infinity') FROM "RiskDay" WHERE "positionId" = ${positionId})`;
}
