-- A file of a delivery takes its place after it was written down, and leaves it after it was struck out: what a kill
-- leaves between the two is known by these and made good at the next start.

-- the name under which bytes that belong in its place wait beside it
ALTER TABLE delivery_file ADD COLUMN incoming uuid;
CREATE INDEX delivery_file_incoming ON delivery_file (district, delivery_id) WHERE incoming IS NOT NULL;

-- names that were taken back, whose bytes are still to go
CREATE TABLE delivery_file_gone (
  district    text NOT NULL,
  delivery_id uuid NOT NULL,
  name        text NOT NULL,
  PRIMARY KEY (district, delivery_id, name)
);
