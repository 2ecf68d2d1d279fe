import { DAY_MS } from '../lib/clock.ts';
import type { Address } from '../model/identity.ts';
import type { OwnerShare } from '../model/owner-share.ts';
import type { Position } from '../model/position.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { ofShare } from './owner-share.ts';
import { prune } from './prune.ts';
import { bucketsOfDays, bucketsOfPoints, type RiskBucket } from './risk-buckets.ts';

/** A position with how many warnings its owner has had. */
export interface StoredPosition {
  readonly position: Position;
  readonly warningLevel: number;
}

/** What a position was worth at one time. Decimals as text. */
export interface RiskPoint {
  readonly positionId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly valueUsd: string;
  readonly pnlUsd: string;
  readonly healthFactor: string | null;
  readonly riskScore: number | null;
}

/** Where a page of positions begins: by the time they were opened, then by id. */
export interface PositionPlace {
  readonly openedAt: number;
  readonly id: string;
}

/** Positions and what they were worth, in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Positions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes positions as they stand; one that is there in a higher version stays. */
  async put(positions: readonly StoredPosition[]): Promise<void> {
    if (positions.length === 0) return;
    const rows = positions.map(
      ({ position: one, warningLevel }) =>
        Prisma.sql`(${one.id}, ${one.owner}, ${one.version}, ${one.kind}, ${one.symbol}, ${one.protocol}, ${one.status},
          ${one.provenance}, ${warningLevel}, ${new Date(one.openedAt)}, ${new Date(one.updatedAt)},
          ${one.closedAt === null ? null : new Date(one.closedAt)}::timestamptz, ${JSON.stringify(one)}::jsonb)`,
    );
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredPosition" (id, owner, version, kind, symbol, protocol, status, provenance, "warningLevel",
          "openedAt", "updatedAt", "closedAt", body)
        VALUES ${Prisma.join(rows)}
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
          "warningLevel" = excluded."warningLevel", "updatedAt" = excluded."updatedAt",
          "closedAt" = excluded."closedAt", body = excluded.body
        WHERE "StoredPosition".version <= excluded.version`,
    );
  }

  /** Everything that is open of a share of the owners, the oldest first. */
  async open(share: OwnerShare): Promise<readonly StoredPosition[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown; warningLevel: number }[]>`
        SELECT body, "warningLevel" FROM "StoredPosition" WHERE status = 'OPEN' AND ${ofShare(share)} ORDER BY "openedAt", id`,
    );
    return rows.map(({ body, warningLevel }) => ({ position: positionIn(body), warningLevel }));
  }

  /** Those that one turn asks for are read by one statement: Prisma gathers what is found by a unique column. */
  async find(id: string): Promise<Position | null> {
    const row = await this.#database.run((client) =>
      client.storedPosition.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && positionIn(row.body);
  }

  /** A page of owners' positions, open and ended, by when they were opened. */
  async page(
    owners: readonly Address[],
    {
      from,
      newestFirst,
      limit,
      statuses,
    }: {
      readonly from: PositionPlace | null;
      readonly newestFirst: boolean;
      readonly limit: number;
      readonly statuses: readonly string[] | null;
    },
  ): Promise<readonly Position[]> {
    const beyond = newestFirst ? 'lt' : 'gt';
    const order = newestFirst ? 'desc' : 'asc';
    const rows = await this.#database.run((client) =>
      client.storedPosition.findMany({
        where: {
          owner: { in: [...owners] },
          ...(statuses && { status: { in: [...statuses] } }),
          ...(from && {
            OR: [
              { openedAt: { [beyond]: new Date(from.openedAt) } },
              { openedAt: new Date(from.openedAt), id: { [beyond]: from.id } },
            ],
          }),
        },
        orderBy: [{ openedAt: order }, { id: order }],
        take: limit,
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => positionIn(body));
  }

  /**
   * Points that are there already stay. One statement, in the order of their keys, as the trigger does for their days: of two who write the
   * same, one waits for the other.
   */
  async addPoints(points: readonly RiskPoint[]): Promise<void> {
    const column = (read: (point: RiskPoint) => string | number | null) =>
      points.map((point) => read(point)?.toString() ?? null);
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "RiskPoint" ("positionId", at, "valueUsd", "pnlUsd", "healthFactor", "riskScore")
        SELECT * FROM unnest(
          ${column(({ positionId }) => positionId)}::text[],
          ${column(({ at }) => new Date(at).toISOString())}::timestamptz[],
          ${column(({ valueUsd }) => valueUsd)}::decimal[],
          ${column(({ pnlUsd }) => pnlUsd)}::decimal[],
          ${column(({ healthFactor }) => healthFactor)}::decimal[],
          ${column(({ riskScore }) => riskScore)}::float8[]
        ) AS point ORDER BY 1, 2
        ON CONFLICT DO NOTHING`,
    );
  }

  /** Points of one position, the newest first, from `before` (exclusive) backwards. */
  async points(positionId: string, before: number, limit: number): Promise<readonly RiskPoint[]> {
    const rows = await this.#database.run((client) =>
      client.riskPoint.findMany({
        where: { positionId, at: { lt: new Date(before) } },
        orderBy: { at: 'desc' },
        take: limit,
      }),
    );
    return rows.map(({ at, valueUsd, pnlUsd, healthFactor, riskScore }) => ({
      positionId,
      at: at.getTime(),
      valueUsd: valueUsd.toFixed(),
      pnlUsd: pnlUsd.toFixed(),
      healthFactor: healthFactor?.toFixed() ?? null,
      riskScore,
    }));
  }

  /** Buckets of one position between two times, the oldest first; those without a point are absent. */
  async buckets(positionId: string, from: number, to: number, bucketMs: number): Promise<readonly RiskBucket[]> {
    const query = bucketMs % DAY_MS === 0 ? bucketsOfDays : bucketsOfPoints;
    return this.#database.run((client) => client.$queryRaw<RiskBucket[]>(query({ positionId, from, to, bucketMs })));
  }

  /** Deletes the days, UTC, that have ended before `before`: whole, so that no day tells of a part of itself. Returns how many points. */
  async prunePoints(before: number): Promise<number> {
    const day = before - (before % DAY_MS);
    // First what makes points readable: from then on nobody sees those that are left.
    await prune(this.#database, 'RiskDay', day);
    return prune(this.#database, 'RiskPoint', day);
  }
}

/** Written by us alone. */
function positionIn(body: unknown): Position {
  return body as Position;
}
