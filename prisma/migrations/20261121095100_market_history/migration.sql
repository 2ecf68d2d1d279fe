-- CreateTable
CREATE TABLE "PricePoint" (
    "symbol" VARCHAR(40) NOT NULL,
    "source" VARCHAR(40) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "price" DECIMAL NOT NULL,

    CONSTRAINT "PricePoint_pkey" PRIMARY KEY ("symbol","source","at")
);

-- CreateTable
CREATE TABLE "MarketStatsPoint" (
    "symbol" VARCHAR(40) NOT NULL,
    "source" VARCHAR(40) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "currentPrice" DECIMAL NOT NULL,
    "longOpenInterest" DECIMAL,
    "shortOpenInterest" DECIMAL,
    "totalOpenInterest" DECIMAL,
    "volume24h" DECIMAL,
    "fundingRate" DECIMAL,

    CONSTRAINT "MarketStatsPoint_pkey" PRIMARY KEY ("symbol","source","at")
);

-- CreateIndex
CREATE INDEX "PricePoint_at_idx" ON "PricePoint"("at");

-- CreateIndex
CREATE INDEX "MarketStatsPoint_at_idx" ON "MarketStatsPoint"("at");
