-- Grids: level 0 the district, 1 town, 2 village, 3 area. A load opens a generation; rows of a generation
-- that was never published are not seen. A row holds from `generation` until `closed_generation`.

CREATE TABLE grid_generation (
  district     text NOT NULL REFERENCES district (code),
  no           integer NOT NULL,
  delivery_id  uuid,
  published_at timestamptz,
  journal_no   bigint,
  PRIMARY KEY (district, no)
);

CREATE TABLE grid (
  district    text NOT NULL REFERENCES district (code),
  id          uuid NOT NULL,
  level       smallint NOT NULL CHECK (level BETWEEN 0 AND 3),
  code        text NOT NULL,
  name        text NOT NULL,
  parent_id   uuid,
  geom        geometry(Geometry, 4490) NOT NULL,
  area_m2     double precision NOT NULL,
  attributes  jsonb,
  content     bigint NOT NULL,
  generation  integer NOT NULL,
  closed_generation integer,
  valid_from  timestamptz NOT NULL DEFAULT now(),
  valid_to    timestamptz,
  delivery_id uuid,
  row_no      integer,
  file        text,
  PRIMARY KEY (district, id, generation)
);
CREATE INDEX grid_code ON grid (district, level, code);
CREATE INDEX grid_geom ON grid USING gist (geom);
