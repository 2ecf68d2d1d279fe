import type { OwnerShare } from '../model/owner-share.ts';
import { dealtBy } from './owner-share.ts';
import { type Query, WriteStatement } from './statement.ts';

/**
 * The way of an order through PostgreSQL, a statement a step: it is stored, taken, and what came of it is stored. They are sent as they are
 * and prepared, since each second has hundreds of them and somebody waits for each.
 *
 * They are planned once, perhaps when the tables are empty, and the plan is kept while they grow: a plan that reads all of a table must
 * not seem cheap even then. So a list is limited by its own length: PostgreSQL expects few of a limit that it cannot see, and looks each up.
 */

/**
 * An intent and the command to take it: both, or neither where the owner has used the client order id.
 * Values: id, owner, client order id, venue, symbol, status, bot, when, the order, id, body and trace of the command. Answers `made`.
 */
export const PLACE = new WriteStatement(
  'place order',
  12,
  `made AS (
    INSERT INTO "StoredOrder" (id, owner, "clientOrderId", version, venue, symbol, status, "botId", "createdAt", body)
    SELECT $1, $2, $3, 1, $4, $5, $6, $7, $8::timestamptz, $9::jsonb WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (owner, "clientOrderId") DO NOTHING RETURNING owner
  ), asked AS (
    INSERT INTO "Command" (id, about, owner, body, trace) SELECT $10::uuid, 'trading', owner, $11::jsonb, $12::text FROM made
  )
  SELECT EXISTS (SELECT FROM made) AS made FROM fence`,
);

/**
 * Commands of a share of the owners that wait, the oldest first, with the orders that they are about, or null: what another share leaves
 * waiting holds up nobody here. @param except those under way.
 */
export function waitingOrders({ number, of }: OwnerShare, except: readonly string[], limit: number): Query {
  if (of === 1) return { name: 'waiting orders', text: WAITING, values: [except, limit] };
  return { name: 'waiting orders of a share', text: WAITING_OF_SHARE, values: [except, limit, of, number] };
}

const WAITING = waiting('true');
const WAITING_OF_SHARE = waiting(`${dealtBy('command.owner')} % $3::int = $4::int`);

function waiting(condition: string): string {
  return `SELECT command.id::text, command.owner, command.body AS command, command.trace,
      (SELECT kept.body FROM "StoredOrder" AS kept WHERE kept.id = command.body->>'orderId') AS "order"
    FROM "Command" AS command
    WHERE command.about = 'trading' AND command."doneAt" IS NULL AND command.id <> ALL($1::uuid[]) AND ${condition}
    ORDER BY command.id LIMIT $2`;
}

/**
 * What came of some commands, all of it or nothing. Storing it again changes nothing but the outbox.
 * Values, JSON where nothing else is said: orders, executions, accounts, ids of the commands done (a list), when (a time), ids of outbox rows
 * whose events are published (a list), events, why commands could not be done, by their ids. Answers `ids`: the outbox rows of the events in
 * their order, or null.
 */
export const COMMIT = new WriteStatement(
  'commit orders',
  8,
  `orders AS (
    INSERT INTO "StoredOrder" AS kept
      (id, owner, "clientOrderId", version, venue, symbol, status, "botId", "createdAt", body)
    -- A real venue lets a name be used again: it tells nothing apart there.
    SELECT v->>'id', v->>'owner',
      CASE WHEN v->>'venue' = 'paper' THEN v->>'clientOrderId' ELSE md5(v->>'id') END, (v->>'version')::int, v->>'venue', v->>'symbol', v->>'status',
      v->>'botId', to_timestamp((v->>'createdAt')::float8 / 1000), v
    FROM jsonb_array_elements($1::jsonb) AS v WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, body = excluded.body
    WHERE kept.version < excluded.version
  ), executions AS (
    INSERT INTO "StoredExecution" (id, owner, "orderId", symbol, "botId", at, body)
    SELECT v->>'id', v->>'owner', v->'order'->>'id', v->>'symbol', v->'order'->>'botId',
      to_timestamp((v->>'timestamp')::float8 / 1000), v
    FROM jsonb_array_elements($2::jsonb) AS v WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (id) DO NOTHING
  ), accounts AS (
    INSERT INTO "TradingAccount" AS kept (owner, venue, version, body)
    SELECT v->>'owner', v->>'venue', (v->>'version')::int, v
    FROM jsonb_array_elements($3::jsonb) AS v WHERE EXISTS (SELECT FROM fence)
    ON CONFLICT (owner) DO UPDATE SET version = excluded.version, body = excluded.body
    WHERE kept.version < excluded.version
  ), done AS (
    UPDATE "Command" SET "doneAt" = $5::timestamptz, failure = $8::jsonb->>listed.id::text
    FROM (SELECT id FROM unnest($4::uuid[]) AS v(id) LIMIT cardinality($4)) AS listed
    WHERE "Command".id = listed.id AND EXISTS (SELECT FROM fence)
  ), published AS (
    DELETE FROM "TradingOutbox" WHERE id = ANY($6::bigint[]) AND EXISTS (SELECT FROM fence)
  ), told AS (
    INSERT INTO "TradingOutbox" (topic, body)
    SELECT v->>'topic', v->>'body'
    FROM jsonb_array_elements($7::jsonb) WITH ORDINALITY AS listed(v, place) WHERE EXISTS (SELECT FROM fence)
    ORDER BY place RETURNING id
  )
  SELECT (SELECT array_agg(id::text ORDER BY id) FROM told) AS ids FROM fence`,
);
