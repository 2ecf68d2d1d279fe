import type { OpportunityChoice, TransactionChoice } from '../../model/arbitrage-choice.ts';
import { Prisma } from '../generated/client.ts';

/** The same choice as a condition on stored opportunities. */
export function opportunitySql(choice: OpportunityChoice): Prisma.Sql {
  const { chainIds, minProfitUsd, maxProfitUsd, minImbalancePct, pools, states, anyOf } = choice;
  return all([
    chainIds && Prisma.sql`"chainId" = ANY(${[...chainIds]}::int[])`,
    minProfitUsd === null ? null : Prisma.sql`"profitUsd" >= ${minProfitUsd}::numeric`,
    maxProfitUsd === null ? null : Prisma.sql`"profitUsd" <= ${maxProfitUsd}::numeric`,
    minImbalancePct === null ? null : Prisma.sql`"imbalancePct" >= ${minImbalancePct}::float8`,
    pools && Prisma.sql`"poolAddress" = ANY(${[...pools]}::text[])`,
    states && Prisma.sql`state = ANY(${[...states]}::text[])`,
    anyOf && any(anyOf.map(opportunitySql)),
  ]);
}

/** The same choice as a condition on stored transactions. */
export function transactionSql(choice: TransactionChoice): Prisma.Sql {
  const { chainIds, minProfitUsd, maxProfitUsd, minSwaps, strategies, anyOf } = choice;
  return all([
    chainIds && Prisma.sql`"chainId" = ANY(${[...chainIds]}::int[])`,
    minProfitUsd === null ? null : Prisma.sql`"profitNetUsd" >= ${minProfitUsd}::numeric`,
    maxProfitUsd === null ? null : Prisma.sql`"profitNetUsd" <= ${maxProfitUsd}::numeric`,
    minSwaps === null ? null : Prisma.sql`"swapCount" >= ${minSwaps}::int`,
    strategies && Prisma.sql`strategy = ANY(${[...strategies]}::text[])`,
    anyOf && any(anyOf.map(transactionSql)),
  ]);
}

function all(conditions: readonly (Prisma.Sql | null)[]): Prisma.Sql {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? Prisma.sql`TRUE` : Prisma.join(given, ' AND ');
}

function any(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.sql`(${Prisma.join(
    conditions.map((condition) => Prisma.sql`(${condition})`),
    ' OR ',
  )})`;
}
