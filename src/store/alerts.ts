import type { Alert, AlertRule, AlertSeverity, AlertState, AlertType } from '../model/alert.ts';
import type { Address } from '../model/identity.ts';
import { type CreationPage, creationPage } from './creation-page.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Which alerts. Null does not narrow. */
export interface AlertChoice {
  readonly states: readonly AlertState[] | null;
  readonly severities: readonly AlertSeverity[] | null;
  readonly types: readonly AlertType[] | null;
  readonly positionId: string | null;
}

/** Alerts and the rules that raise them, in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Alerts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes alerts as they stand; one that is there in a higher version stays. */
  async put(alerts: readonly Alert[]): Promise<void> {
    if (alerts.length === 0) return;
    // Of several versions of one in one go the newest counts: a statement may touch a row only once.
    const newest = new Map(alerts.map((alert) => [alert.id, alert]));
    const rows = [...newest.values()].map(
      (alert) =>
        Prisma.sql`(${alert.id}, ${alert.owner}, ${alert.version}, ${alert.state}, ${alert.severity}, ${alert.alertType},
          ${alert.positionId}, ${new Date(alert.createdAt)}, ${JSON.stringify(alert)}::jsonb)`,
    );
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredAlert" (id, owner, version, state, severity, "alertType", "positionId", "createdAt", body)
        VALUES ${Prisma.join(rows)}
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state, body = excluded.body
        WHERE "StoredAlert".version < excluded.version`,
    );
  }

  /** Those that have not ended. */
  async lasting(): Promise<readonly Alert[]> {
    const rows = await this.#database.run((client) =>
      client.storedAlert.findMany({ where: { state: { not: 'RESOLVED' } }, select: { body: true } }),
    );
    return rows.map(({ body }) => body as unknown as Alert);
  }

  async find(id: string): Promise<Alert | null> {
    const row = await this.#database.run((client) =>
      client.storedAlert.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && (row.body as unknown as Alert);
  }

  async page(
    owners: readonly Address[],
    { states, severities, types, positionId }: AlertChoice,
    page: CreationPage,
  ): Promise<readonly Alert[]> {
    const { beyond, ...listed } = creationPage(page);
    const rows = await this.#database.run((client) =>
      client.storedAlert.findMany({
        where: {
          owner: { in: [...owners] },
          ...(states && { state: { in: [...states] } }),
          ...(severities && { severity: { in: [...severities] } }),
          ...(types && { alertType: { in: [...types] } }),
          ...(positionId !== null && { positionId }),
          ...beyond,
        },
        ...listed,
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => body as unknown as Alert);
  }

  async rules(owners: readonly Address[] | null): Promise<readonly AlertRule[]> {
    const rows = await this.#database.run((client) =>
      client.storedAlertRule.findMany({
        ...(owners && { where: { owner: { in: [...owners] } } }),
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => body as unknown as AlertRule);
  }

  async rule(id: string): Promise<AlertRule | null> {
    const row = await this.#database.run((client) =>
      client.storedAlertRule.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && (row.body as unknown as AlertRule);
  }

  /** Makes rules that are not there; others stay as they are. */
  async addRules(rules: readonly AlertRule[]): Promise<void> {
    const data = rules.map(rowOf);
    await this.#database.run((client) => client.storedAlertRule.createMany({ data, skipDuplicates: true }));
  }

  /** Writes the next version of a rule. False when another has been quicker, or the rule is gone. */
  async changeRule(rule: AlertRule): Promise<boolean> {
    const { id, version, body } = rowOf(rule);
    const { count } = await this.#database.run((client) =>
      client.storedAlertRule.updateMany({ where: { id, version: version - 1 }, data: { version, body } }),
    );
    return count === 1;
  }

  async deleteRule(id: string): Promise<boolean> {
    const { count } = await this.#database.run((client) => client.storedAlertRule.deleteMany({ where: { id } }));
    return count === 1;
  }
}

function rowOf(rule: AlertRule) {
  const { id, owner, version, createdAt } = rule;
  return { id, owner, version, createdAt: new Date(createdAt), body: { ...rule } };
}
