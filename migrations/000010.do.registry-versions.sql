-- Versions that take things away or bring an earlier state back, and the batch a row came with first.

-- rows that a restored version brings back are copies: where they came from stays known
ALTER TABLE component ADD COLUMN origin_batch integer;

ALTER TABLE registry_version
  ADD COLUMN removed  integer NOT NULL DEFAULT 0,
  -- the version whose state this one brought back
  ADD COLUMN restored integer;

-- Components that a batch would end: missing from a delivery declared full, or of later versions than the
-- one restored. Only those decided 'end' are closed when the batch is published; undecided, they stay.
CREATE TABLE proposed_removal (
  district     text NOT NULL REFERENCES district (code),
  batch        integer NOT NULL,
  component_id uuid NOT NULL,
  decision     text CHECK (decision IN ('keep', 'end')),
  decided_by   text,
  decided_at   timestamptz,
  PRIMARY KEY (district, batch, component_id)
);
