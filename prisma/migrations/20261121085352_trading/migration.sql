-- CreateTable
CREATE TABLE "StoredOrder" (
    "id" VARCHAR(120) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "clientOrderId" VARCHAR(64) NOT NULL,
    "version" INTEGER NOT NULL,
    "venue" VARCHAR(12) NOT NULL,
    "symbol" VARCHAR(40) NOT NULL,
    "status" VARCHAR(16) NOT NULL,
    "botId" VARCHAR(64),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredOrder_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredExecution" (
    "id" VARCHAR(160) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "orderId" VARCHAR(120) NOT NULL,
    "symbol" VARCHAR(40) NOT NULL,
    "botId" VARCHAR(64),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredExecution_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TradingAccount" (
    "owner" CHAR(42) NOT NULL,
    "venue" VARCHAR(12) NOT NULL,
    "version" INTEGER NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "TradingAccount_pkey" PRIMARY KEY ("owner")
);

-- CreateTable
CREATE TABLE "StoredOwnerLimits" (
    "owner" CHAR(42) NOT NULL,
    "version" INTEGER NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredOwnerLimits_pkey" PRIMARY KEY ("owner")
);

-- CreateTable
CREATE TABLE "EquityPoint" (
    "owner" CHAR(42) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "equity" DECIMAL NOT NULL,
    "totalPnl" DECIMAL NOT NULL,
    "realizedPnl" DECIMAL NOT NULL,
    "unrealizedPnl" DECIMAL NOT NULL,

    CONSTRAINT "EquityPoint_pkey" PRIMARY KEY ("owner","at")
);

-- CreateTable
CREATE TABLE "TradingOutbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" VARCHAR(40) NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "TradingOutbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "StoredOrder_owner_createdAt_id_idx" ON "StoredOrder"("owner", "createdAt", "id");

-- CreateIndex
CREATE INDEX "StoredOrder_botId_createdAt_idx" ON "StoredOrder"("botId", "createdAt");

-- CreateIndex
CREATE INDEX "StoredOrder_venue_status_idx" ON "StoredOrder"("venue", "status");

-- CreateIndex
CREATE UNIQUE INDEX "StoredOrder_owner_clientOrderId_key" ON "StoredOrder"("owner", "clientOrderId");

-- CreateIndex
CREATE INDEX "StoredExecution_owner_at_id_idx" ON "StoredExecution"("owner", "at", "id");

-- CreateIndex
CREATE INDEX "StoredExecution_orderId_idx" ON "StoredExecution"("orderId");

-- CreateIndex
CREATE INDEX "StoredExecution_botId_at_idx" ON "StoredExecution"("botId", "at");

-- CreateIndex
CREATE INDEX "EquityPoint_at_idx" ON "EquityPoint"("at");
