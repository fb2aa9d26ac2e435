-- The registry of components. A row lands once, in its final shape, under its batch; it is seen when its
-- batch has a version, and no longer when a later version has closed it.
--
--   seen at version v  <=>  batch.version <= v  and  (closed_version is null or closed_version > v)
--
-- Big batches have a partition (part) of their own, indexed after the rows are in; small ones share part 0.

CREATE SEQUENCE part_no;

CREATE TABLE batch (
  district      text NOT NULL REFERENCES district (code),
  no            integer NOT NULL,
  part          integer NOT NULL,
  delivery_id   uuid NOT NULL,
  dictionary_id text NOT NULL,
  files         text[] NOT NULL DEFAULT '{}',
  -- the registry's version its rows were compared with
  base_version  integer NOT NULL,
  version       integer,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, no)
);

CREATE TABLE registry_version (
  district     text NOT NULL REFERENCES district (code),
  no           integer NOT NULL,
  batch_no     integer NOT NULL,
  added        integer NOT NULL,
  changed      integer NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL,
  journal_no   bigint NOT NULL,
  PRIMARY KEY (district, no)
);

CREATE TABLE registry_head (
  district text PRIMARY KEY REFERENCES district (code),
  version  integer NOT NULL DEFAULT 0
);

CREATE TABLE component (
  district       text NOT NULL,
  part           integer NOT NULL,
  batch          integer NOT NULL,
  id             uuid NOT NULL,
  -- what tells one component from another across deliveries: its code, else the survey's own number
  key            text NOT NULL,
  code           text,
  class          text NOT NULL,
  name           text,
  geom           geometry(Geometry, 4490) NOT NULL,
  state          text,
  currency       text,
  competent_id   uuid,
  owner_id       uuid,
  maintainer_id  uuid,
  -- unassigned, proposed, sent, confirmed, ... one letter each in this order of roles (domain/registry/schema.ts)
  unit_states    text NOT NULL,
  surveyed_on    date,
  changed_on     date,
  data_source    text,
  picture        text,
  note           text,
  -- the unit grid the survey says it lies in
  stated_grid    text,
  -- what has no column of its own, as delivered; null when there is nothing
  attributes     jsonb,
  file_no        smallint NOT NULL,
  row_no         integer NOT NULL,
  -- hash of everything delivered, so that the same row is known again
  content        bigint NOT NULL,
  closed_version integer,
  PRIMARY KEY (district, part, batch, id)
) PARTITION BY LIST (part);
CREATE INDEX component_id ON component (district, id);
CREATE INDEX component_closed ON component (district, closed_version) WHERE closed_version IS NOT NULL;
CREATE TABLE component_0 PARTITION OF component FOR VALUES IN (0);

-- Where each component row belongs, apart from the component. The row with the highest published
-- generation counts. grid_id is null where `reason` says why (outside, gap).
CREATE TABLE placement_generation (
  district        text NOT NULL REFERENCES district (code),
  no              integer NOT NULL,
  part            integer NOT NULL,
  grid_generation integer NOT NULL,
  batch_no        integer,
  published       boolean NOT NULL DEFAULT false,
  PRIMARY KEY (district, no)
);

CREATE TABLE placement (
  district     text NOT NULL,
  part         integer NOT NULL,
  generation   integer NOT NULL,
  batch        integer NOT NULL,
  component_id uuid NOT NULL,
  grid_id      uuid,
  reason       text,
  -- all areas a line or polygon touches, the largest share first; null for points
  touched      uuid[],
  PRIMARY KEY (district, part, component_id, batch, generation)
) PARTITION BY LIST (part);
CREATE TABLE placement_0 PARTITION OF placement FOR VALUES IN (0);
