-- A chart of a year reads one position's points, which lie all over the table, a row of every position each hour: an index that holds all of
-- a point gives them in one piece.
ALTER TABLE "RiskPoint" DROP CONSTRAINT "RiskPoint_pkey",
  ADD CONSTRAINT "RiskPoint_pkey" PRIMARY KEY ("positionId", "at") INCLUDE ("valueUsd", "pnlUsd", "healthFactor", "riskScore");

-- Rows only come and go at the ends: often and little, so that the index alone can answer.
ALTER TABLE "RiskPoint" SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE "ArchivedEvent" SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
