-- Handovers run apart from the request that accepts them: who runs one, how far it is, why it could not be; and who
-- proposed it, which is who announced it and who said with which delivery it comes.
ALTER TABLE handover DROP CONSTRAINT handover_state_check;
ALTER TABLE handover ADD CONSTRAINT handover_state_check
  CHECK (state IN ('announced', 'accepted', 'stuck', 'transferred', 'withdrawn'));
ALTER TABLE handover
  -- none of them accepts it where the district asks for a second person
  ADD COLUMN proposers text[] NOT NULL DEFAULT '{}',
  -- why it could not be carried out: the code of a problem and what was wrong
  ADD COLUMN trouble   jsonb,
  -- of who carries it out; nobody does without, and it lapses when nothing is heard
  ADD COLUMN claim     uuid,
  ADD COLUMN heard_at  timestamptz,
  ADD COLUMN done      integer,
  -- the version by which the units changed: it holds as long as that does
  ADD COLUMN version   integer;
UPDATE handover h SET proposers = ARRAY(
  SELECT h.announced_by UNION
  SELECT j.actor FROM journal j
  WHERE j.district = h.district AND j.kind = 'handover.delivered' AND j.data->>'handover' = h.id::text);
UPDATE handover h SET version = (
  SELECT max(b.version) FROM batch b WHERE b.district = h.district AND b.source = 'handover' AND b.delivery_id = h.id)
  WHERE state = 'transferred';
