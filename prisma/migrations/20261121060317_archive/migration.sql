-- CreateTable
CREATE TABLE "ArchivedEvent" (
    "stream" VARCHAR(200) NOT NULL,
    "epoch" VARCHAR(40) NOT NULL,
    "sequence" BIGINT NOT NULL,
    "key" VARCHAR(300) NOT NULL,
    "eventId" VARCHAR(500) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "payload" TEXT NOT NULL,

    CONSTRAINT "ArchivedEvent_pkey" PRIMARY KEY ("stream","epoch","sequence")
);

-- CreateIndex
CREATE INDEX "ArchivedEvent_stream_eventId_idx" ON "ArchivedEvent"("stream", "eventId");

-- CreateIndex
CREATE INDEX "ArchivedEvent_at_idx" ON "ArchivedEvent"("at");
