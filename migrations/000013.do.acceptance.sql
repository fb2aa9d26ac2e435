-- Acceptance by a supervisor: what a district asks for, inspections of loaded deliveries, what was drawn for
-- them and what was found. An inspection belongs to one batch: a new load leaves it void, for the record.

ALTER TABLE district
  -- whether an approval waits for an acceptance
  ADD COLUMN acceptance text NOT NULL DEFAULT 'none' CHECK (acceptance IN ('none', 'required'));

-- sampling, thresholds, accuracy classes, what is settled and for how much; defaults are the program's
CREATE TABLE acceptance_terms (
  district   text PRIMARY KEY REFERENCES district (code),
  terms      jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL
);

CREATE TABLE inspection (
  district    text NOT NULL REFERENCES district (code),
  id          uuid NOT NULL,
  delivery_id uuid NOT NULL,
  batch_no    integer NOT NULL,
  -- when that batch was opened: the number of one that was dropped is given again
  loaded_at   timestamptz NOT NULL,
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'returned')),
  -- with the seed, the terms and the batch the same plan is drawn again
  seed        text NOT NULL,
  terms       jsonb NOT NULL,
  -- by class: what the batch brings, in pieces, metres and square metres
  brought     jsonb NOT NULL,
  -- by area: how many of each class it brings there
  areas       jsonb NOT NULL,
  -- as it was when it was decided: what the items came to, and what that leaves to be settled
  results     jsonb,
  settling    jsonb,
  reason      text,
  drawn_at    timestamptz NOT NULL DEFAULT now(),
  drawn_by    text NOT NULL,
  decided_at  timestamptz,
  decided_by  text,
  PRIMARY KEY (district, id),
  UNIQUE (district, delivery_id, loaded_at),
  FOREIGN KEY (district, delivery_id) REFERENCES delivery (district, id)
);
CREATE INDEX inspection_decided ON inspection (district, decided_at) WHERE state = 'accepted';

-- A row to be held against the ground, or an area to be walked. Rows are copied: a batch that is sent back goes.
CREATE TABLE inspection_item (
  district      text NOT NULL,
  inspection_id uuid NOT NULL,
  no            integer NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('row', 'area')),
  -- by the rule, in place of another, by hand; a reserve waits to replace one of its class
  drawn         text NOT NULL CHECK (drawn IN ('rule', 'replacement', 'hand', 'reserve')),
  class         text,
  component_id  uuid,
  geom          geometry(Geometry, 4490),
  -- the row as delivered, or the area's name
  content       jsonb NOT NULL,
  area          text,
  -- whether its position is to be measured again
  measure       boolean NOT NULL DEFAULT false,
  accuracy      text,
  replaced_by   integer,
  replaced_why  text,
  answer        jsonb,
  measured      geometry(Point, 4490),
  deviation_m   double precision,
  complete      boolean NOT NULL DEFAULT false,
  answered_at   timestamptz,
  answered_by   text,
  PRIMARY KEY (district, inspection_id, no),
  FOREIGN KEY (district, inspection_id) REFERENCES inspection (district, id)
);
