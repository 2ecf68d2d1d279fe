-- CreateTable
CREATE TABLE "StoredOpportunity" (
    "id" VARCHAR(120) NOT NULL,
    "version" INTEGER NOT NULL,
    "chainId" BIGINT NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "poolAddress" CHAR(42) NOT NULL,
    "profitUsd" DECIMAL NOT NULL,
    "imbalancePct" DOUBLE PRECISION NOT NULL,
    "detectedAt" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredOpportunity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredTransaction" (
    "id" VARCHAR(100) NOT NULL,
    "version" INTEGER NOT NULL,
    "chainId" BIGINT NOT NULL,
    "txHash" CHAR(66) NOT NULL,
    "strategy" VARCHAR(12) NOT NULL,
    "swapCount" INTEGER NOT NULL,
    "profitNetUsd" DECIMAL,
    "retracted" BOOLEAN NOT NULL,
    "detectedAt" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredTransaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ChainToken" (
    "chainId" BIGINT NOT NULL,
    "address" CHAR(42) NOT NULL,
    "symbol" VARCHAR(100),
    "decimals" INTEGER NOT NULL,

    CONSTRAINT "ChainToken_pkey" PRIMARY KEY ("chainId","address")
);

-- CreateTable
CREATE TABLE "ChainProgress" (
    "chainId" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "hash" CHAR(66) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ChainProgress_pkey" PRIMARY KEY ("chainId")
);

-- CreateIndex
CREATE INDEX "StoredOpportunity_detectedAt_id_idx" ON "StoredOpportunity"("detectedAt", "id");

-- CreateIndex
CREATE INDEX "StoredOpportunity_chainId_detectedAt_id_idx" ON "StoredOpportunity"("chainId", "detectedAt", "id");

-- CreateIndex
CREATE INDEX "StoredTransaction_detectedAt_id_idx" ON "StoredTransaction"("detectedAt", "id");

-- CreateIndex
CREATE INDEX "StoredTransaction_chainId_detectedAt_id_idx" ON "StoredTransaction"("chainId", "detectedAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "StoredTransaction_chainId_txHash_key" ON "StoredTransaction"("chainId", "txHash");
