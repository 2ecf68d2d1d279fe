import { getAddress } from 'viem/utils';
import { streamName } from '../bus/stream.ts';
import { streamOf, topics } from '../bus/topics.ts';
import type { Address } from '../model/identity.ts';
import type { Database } from './database.ts';

/**
 * Deletes everything of an owner: what was tracked, traded, alerted and asked for, the events that told of it, and the account if no
 * other address is left in it. What chains tell everybody of an address stays. Nobody may be writing for the owner meanwhile: what a
 * worker holds in its memory it would write again.
 * @returns rows deleted, by table.
 */
export async function eraseOwner(database: Database, owner: Address): Promise<Readonly<Record<string, number>>> {
  const address = getAddress(owner);
  const streams = Object.values(topics).flatMap((topic) =>
    topic.kind === 'event' && 'ownerOf' in topic ? [streamName(streamOf(topic, address))] : [],
  );
  return database.run((client) =>
    client.$transaction(async (erased) => ({
      RiskDay: await erased.$executeRaw`
        DELETE FROM "RiskDay" WHERE "positionId" IN (SELECT id FROM "StoredPosition" WHERE owner = ${address})`,
      RiskPoint: await erased.$executeRaw`
        DELETE FROM "RiskPoint" WHERE "positionId" IN (SELECT id FROM "StoredPosition" WHERE owner = ${address})`,
      StoredPosition: await erased.$executeRaw`DELETE FROM "StoredPosition" WHERE owner = ${address}`,
      StoredAlert: await erased.$executeRaw`DELETE FROM "StoredAlert" WHERE owner = ${address}`,
      StoredAlertRule: await erased.$executeRaw`DELETE FROM "StoredAlertRule" WHERE owner = ${address}`,
      Command: await erased.$executeRaw`DELETE FROM "Command" WHERE owner = ${address}`,
      StoredOrder: await erased.$executeRaw`DELETE FROM "StoredOrder" WHERE owner = ${address}`,
      StoredExecution: await erased.$executeRaw`DELETE FROM "StoredExecution" WHERE owner = ${address}`,
      TradingAccount: await erased.$executeRaw`DELETE FROM "TradingAccount" WHERE owner = ${address}`,
      StoredOwnerLimits: await erased.$executeRaw`DELETE FROM "StoredOwnerLimits" WHERE owner = ${address}`,
      EquityPoint: await erased.$executeRaw`DELETE FROM "EquityPoint" WHERE owner = ${address}`,
      StoredBot: await erased.$executeRaw`DELETE FROM "StoredBot" WHERE owner = ${address}`,
      // Not published yet: an event is text there.
      TradingOutbox: await erased.$executeRaw`DELETE FROM "TradingOutbox" WHERE position(${address} in body) > 0`,
      ArchivedEvent: await erased.$executeRaw`DELETE FROM "ArchivedEvent" WHERE stream = ANY(${streams})`,
      // With its keys, where this was its only address.
      User: await erased.$executeRaw`
        DELETE FROM "User" WHERE id IN (SELECT "userId" FROM "UserAddress" WHERE address = ${address})
          AND NOT EXISTS (SELECT 1 FROM "UserAddress" WHERE "userId" = "User".id AND address <> ${address})`,
      UserAddress: await erased.$executeRaw`DELETE FROM "UserAddress" WHERE address = ${address}`,
    })),
  );
}
