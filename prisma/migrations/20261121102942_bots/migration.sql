-- CreateTable
CREATE TABLE "StoredBot" (
    "id" VARCHAR(40) NOT NULL,
    "owner" CHAR(42) NOT NULL,
    "version" INTEGER NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "StoredBot_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "StoredBot_owner_id_idx" ON "StoredBot"("owner", "id");
