-- CreateTable
CREATE TABLE "StoredPosition" (
    "id" VARCHAR(120) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "symbol" VARCHAR(40) NOT NULL,
    "protocol" VARCHAR(60) NOT NULL,
    "status" VARCHAR(12) NOT NULL,
    "provenance" VARCHAR(8) NOT NULL,
    "warningLevel" INTEGER NOT NULL DEFAULT 0,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredPosition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RiskPoint" (
    "positionId" VARCHAR(120) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "valueUsd" DECIMAL NOT NULL,
    "pnlUsd" DECIMAL NOT NULL,
    "healthFactor" DECIMAL,
    "riskScore" DOUBLE PRECISION,

    CONSTRAINT "RiskPoint_pkey" PRIMARY KEY ("positionId","at")
);

-- CreateTable
CREATE TABLE "StoredAlertRule" (
    "id" VARCHAR(120) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "version" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredAlertRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredAlert" (
    "id" VARCHAR(400) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "version" INTEGER NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "severity" VARCHAR(8) NOT NULL,
    "alertType" VARCHAR(30) NOT NULL,
    "positionId" VARCHAR(120),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredAlert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Command" (
    "id" UUID NOT NULL,
    "about" VARCHAR(20) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "idempotencyKey" VARCHAR(100),
    "body" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "doneAt" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "Command_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "StoredPosition_status_idx" ON "StoredPosition"("status");

-- CreateIndex
CREATE INDEX "StoredPosition_owner_openedAt_id_idx" ON "StoredPosition"("owner", "openedAt", "id");

-- CreateIndex
CREATE INDEX "RiskPoint_at_idx" ON "RiskPoint"("at");

-- CreateIndex
CREATE INDEX "StoredAlertRule_owner_createdAt_idx" ON "StoredAlertRule"("owner", "createdAt");

-- CreateIndex
CREATE INDEX "StoredAlert_owner_createdAt_id_idx" ON "StoredAlert"("owner", "createdAt", "id");

-- CreateIndex
CREATE INDEX "StoredAlert_state_idx" ON "StoredAlert"("state");

-- CreateIndex
CREATE INDEX "Command_about_doneAt_id_idx" ON "Command"("about", "doneAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Command_owner_about_idempotencyKey_key" ON "Command"("owner", "about", "idempotencyKey");

-- CreateIndex
CREATE INDEX "ArchivedEvent_stream_at_epoch_sequence_idx" ON "ArchivedEvent"("stream", "at", "epoch", "sequence");
