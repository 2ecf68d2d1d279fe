-- AlterTable
ALTER TABLE "StoredOpportunity" ADD COLUMN     "blockNumber" BIGINT,
ADD COLUMN     "closeReason" VARCHAR(12),
ALTER COLUMN "chainId" SET DATA TYPE INTEGER;

-- What is stored already says it in its body.
UPDATE "StoredOpportunity" SET "blockNumber" = (body->>'blockNumber')::bigint, "closeReason" = body->>'closeReason';
ALTER TABLE "StoredOpportunity" ALTER COLUMN "blockNumber" SET NOT NULL;

-- AlterTable
ALTER TABLE "StoredTransaction" ADD COLUMN     "blockNumber" BIGINT,
ADD COLUMN     "blockTimestamp" TIMESTAMPTZ(3),
ADD COLUMN     "gasCostUsd" DECIMAL,
ADD COLUMN     "route" TEXT,
ALTER COLUMN "chainId" SET DATA TYPE INTEGER;

UPDATE "StoredTransaction" SET "blockNumber" = (body->>'blockNumber')::bigint,
  "blockTimestamp" = to_timestamp((body->>'blockTimestamp')::numeric / 1000),
  "gasCostUsd" = (body->>'gasCostUsd')::numeric,
  "route" = coalesce((
    SELECT string_agg(pool, ' ' ORDER BY place)
    FROM jsonb_array_elements_text(body->'rounds'->0->'pools') WITH ORDINALITY AS of_round(pool, place)), '');
ALTER TABLE "StoredTransaction" ALTER COLUMN "blockNumber" SET NOT NULL, ALTER COLUMN "blockTimestamp" SET NOT NULL,
  ALTER COLUMN "route" SET NOT NULL;

-- Only remembered, and by addresses in another notation: it is asked for again.
DELETE FROM "ChainToken";

-- AlterTable
ALTER TABLE "ChainToken" DROP CONSTRAINT "ChainToken_pkey",
ALTER COLUMN "chainId" SET DATA TYPE INTEGER,
ADD CONSTRAINT "ChainToken_pkey" PRIMARY KEY ("chainId", "address");

-- AlterTable
ALTER TABLE "ChainProgress" DROP CONSTRAINT "ChainProgress_pkey",
ADD COLUMN     "blocks" JSONB,
ADD COLUMN     "finishedAt" TIMESTAMPTZ(3),
ALTER COLUMN "chainId" SET DATA TYPE INTEGER,
ADD CONSTRAINT "ChainProgress_pkey" PRIMARY KEY ("chainId");

UPDATE "ChainProgress" SET "finishedAt" = at,
  "blocks" = jsonb_build_array(jsonb_build_object('number', number, 'hash', hash));
ALTER TABLE "ChainProgress" ALTER COLUMN "blocks" SET NOT NULL, ALTER COLUMN "finishedAt" SET NOT NULL,
  DROP COLUMN "at", DROP COLUMN "hash", DROP COLUMN "number";

-- CreateIndex
CREATE INDEX "StoredOpportunity_profitUsd_id_idx" ON "StoredOpportunity"("profitUsd", "id");

-- CreateIndex
CREATE INDEX "StoredOpportunity_chainId_blockNumber_idx" ON "StoredOpportunity"("chainId", "blockNumber");

-- CreateIndex
CREATE INDEX "StoredOpportunity_chainId_state_idx" ON "StoredOpportunity"("chainId", "state");

-- CreateIndex
CREATE INDEX "StoredTransaction_profitNetUsd_id_idx" ON "StoredTransaction"("profitNetUsd", "id");

-- CreateIndex
CREATE INDEX "StoredTransaction_chainId_blockNumber_idx" ON "StoredTransaction"("chainId", "blockNumber");

-- CreateIndex
CREATE INDEX "StoredTransaction_blockTimestamp_idx" ON "StoredTransaction"("blockTimestamp");
