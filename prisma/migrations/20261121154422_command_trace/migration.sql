-- AlterTable
ALTER TABLE "Command" ADD COLUMN     "trace" VARCHAR(55);
