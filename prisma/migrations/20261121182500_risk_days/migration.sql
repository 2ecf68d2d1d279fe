-- CreateTable
CREATE TABLE "RiskDay" (
    "positionId" VARCHAR(120) NOT NULL,
    "day" TIMESTAMPTZ(3) NOT NULL,
    "points" INTEGER NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "valueOpen" DECIMAL NOT NULL,
    "valueClose" DECIMAL NOT NULL,
    "valueHigh" DECIMAL NOT NULL,
    "valueLow" DECIMAL NOT NULL,
    "pnlClose" DECIMAL NOT NULL,
    "healthLow" DECIMAL,
    "riskScoreHigh" DOUBLE PRECISION,

    CONSTRAINT "RiskDay_pkey" PRIMARY KEY ("positionId","day")
);

-- CreateIndex
CREATE INDEX "RiskDay_day_idx" ON "RiskDay"("day");

-- The days of now change with every point, and nothing of them that an index holds: room beside them lets a change stay on its page,
-- where no index hears of it and the next one clears it away.
ALTER TABLE "RiskDay" SET (fillfactor = 50);

-- A trigger, so that days are right whoever writes points: a worker of the version before among them, for as long as an upgrade takes. It sees
-- only points that are new, so one that is written again counts once. Days are taken in the order of their keys: two that write the same
-- ones wait for each other in turn.
CREATE FUNCTION risk_points_to_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "RiskDay" AS kept ("positionId", "day", "points", "firstAt", "lastAt", "valueOpen", "valueClose", "valueHigh", "valueLow",
    "pnlClose", "healthLow", "riskScoreHigh")
  SELECT "positionId", date_bin('1 day', "at", timestamptz 'epoch') AS of_day, count(*), min("at"), max("at"),
    (array_agg("valueUsd" ORDER BY "at"))[1], (array_agg("valueUsd" ORDER BY "at" DESC))[1], max("valueUsd"), min("valueUsd"),
    (array_agg("pnlUsd" ORDER BY "at" DESC))[1], min("healthFactor"), max("riskScore")
  FROM added GROUP BY "positionId", of_day ORDER BY "positionId", of_day
  ON CONFLICT ("positionId", "day") DO UPDATE SET
    "points" = kept."points" + excluded."points",
    "firstAt" = least(kept."firstAt", excluded."firstAt"),
    "lastAt" = greatest(kept."lastAt", excluded."lastAt"),
    "valueOpen" = CASE WHEN excluded."firstAt" < kept."firstAt" THEN excluded."valueOpen" ELSE kept."valueOpen" END,
    "valueClose" = CASE WHEN excluded."lastAt" > kept."lastAt" THEN excluded."valueClose" ELSE kept."valueClose" END,
    "valueHigh" = greatest(kept."valueHigh", excluded."valueHigh"),
    "valueLow" = least(kept."valueLow", excluded."valueLow"),
    "pnlClose" = CASE WHEN excluded."lastAt" > kept."lastAt" THEN excluded."pnlClose" ELSE kept."pnlClose" END,
    "healthLow" = least(kept."healthLow", excluded."healthLow"),
    "riskScoreHigh" = greatest(kept."riskScoreHigh", excluded."riskScoreHigh");
  RETURN NULL;
END
$$;

-- First the trigger: it waits for those who write, and lets nobody write until what is there is counted.
CREATE TRIGGER "RiskPoint_days" AFTER INSERT ON "RiskPoint" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION risk_points_to_days();

SET LOCAL work_mem = '256MB';
INSERT INTO "RiskDay" ("positionId", "day", "points", "firstAt", "lastAt", "valueOpen", "valueClose", "valueHigh", "valueLow",
  "pnlClose", "healthLow", "riskScoreHigh")
SELECT days."positionId", of_day, points, first_at, last_at, opening."valueUsd", closing."valueUsd", high, low, closing."pnlUsd", health, score
FROM (
  SELECT "positionId", date_bin('1 day', "at", timestamptz 'epoch') AS of_day, count(*) AS points, min("at") AS first_at, max("at") AS last_at,
    max("valueUsd") AS high, min("valueUsd") AS low, min("healthFactor") AS health, max("riskScore") AS score
  FROM "RiskPoint" GROUP BY "positionId", of_day
) AS days
JOIN "RiskPoint" AS opening ON opening."positionId" = days."positionId" AND opening."at" = first_at
JOIN "RiskPoint" AS closing ON closing."positionId" = days."positionId" AND closing."at" = last_at
ORDER BY of_day, days."positionId";
