-- CreateTable
CREATE TABLE "LeaseFence" (
    "name" VARCHAR(100) NOT NULL,
    "token" BIGINT NOT NULL,

    CONSTRAINT "LeaseFence_pkey" PRIMARY KEY ("name")
);
