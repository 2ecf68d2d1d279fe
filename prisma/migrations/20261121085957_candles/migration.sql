-- CreateTable
CREATE TABLE "StoredCandle" (
    "symbol" VARCHAR(40) NOT NULL,
    "interval" VARCHAR(3) NOT NULL,
    "openTime" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredCandle_pkey" PRIMARY KEY ("symbol","interval","openTime")
);

-- CreateIndex
CREATE INDEX "StoredCandle_interval_openTime_idx" ON "StoredCandle"("interval", "openTime");
