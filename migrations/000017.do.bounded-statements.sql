-- Who started a load; which rows change a component that was there; decisions on all that is missing as one row.

-- who answers for a load that counts at once: not always who announced it
ALTER TABLE delivery ADD COLUMN started_by text;

-- A row of a component that was there: the list of changes is read from this, not by looking for the former
-- row of every row of the batch.
ALTER TABLE component ADD COLUMN supersedes boolean NOT NULL DEFAULT false;
UPDATE component n SET supersedes = true FROM batch b
  WHERE b.district = n.district AND b.no = n.batch AND b.base_version > 0 AND EXISTS (
    SELECT 1 FROM component c JOIN batch o ON o.district = c.district AND o.no = c.batch AND o.version IS NOT NULL
    WHERE c.district = n.district AND c.id = n.id AND c.batch <> n.batch
      AND c.closed_version IS NOT DISTINCT FROM b.version);

-- What was decided of all proposals of a batch at once holds for those not decided one by one since: decisions
-- are numbered, and the later one counts.
ALTER TABLE batch
  ADD COLUMN decisions     integer NOT NULL DEFAULT 0,
  ADD COLUMN of_all        text CHECK (of_all IN ('keep', 'end')),
  ADD COLUMN of_all_no     integer NOT NULL DEFAULT 0,
  ADD COLUMN of_all_by     text,
  ADD COLUMN of_all_at     timestamptz;
ALTER TABLE proposed_removal ADD COLUMN decided_no integer NOT NULL DEFAULT 0;
UPDATE proposed_removal SET decided_no = 1 WHERE decision IS NOT NULL;
UPDATE batch SET decisions = 1;
-- it is the batch's district: looking it up again took longer than writing the row
ALTER TABLE proposed_removal DROP CONSTRAINT proposed_removal_district_fkey;
