-- Which deliveries of addresses and places count. Rows land under their delivery's number and are seen
-- when it has a publication: the how-manieth of the district, so that a delivery which landed before
-- another was published is known to need a second look for what both hold.

CREATE TABLE place_delivery (
  district     text NOT NULL REFERENCES district (code),
  no           integer NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('addresses', 'places')),
  -- the newest publication its rows were compared with when they landed
  compared     integer NOT NULL,
  publication  integer,
  published_at timestamptz,
  PRIMARY KEY (district, no),
  UNIQUE (district, publication)
);
