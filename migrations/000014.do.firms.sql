-- Contractor firms with their crews and accounts, packages (what a firm is asked to deliver), and serials of
-- codes allotted to crews. A delivery of a firm is reached by its accounts and by who reaches all.

CREATE TABLE firm (
  district   text NOT NULL REFERENCES district (code),
  id         uuid NOT NULL,
  name       text NOT NULL,
  -- where the unit directory holds it too
  unit_id    uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, id),
  UNIQUE (district, name),
  FOREIGN KEY (district, unit_id) REFERENCES unit (district, id)
);

CREATE TABLE crew (
  district   text NOT NULL,
  id         uuid NOT NULL,
  firm_id    uuid NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, id),
  UNIQUE (district, firm_id, name),
  FOREIGN KEY (district, firm_id) REFERENCES firm (district, id)
);

-- In one district an account works for one firm.
CREATE TABLE firm_account (
  district   text NOT NULL,
  account_id uuid NOT NULL REFERENCES account (id),
  firm_id    uuid NOT NULL,
  PRIMARY KEY (district, account_id),
  FOREIGN KEY (district, firm_id) REFERENCES firm (district, id)
);

CREATE TABLE package (
  district    text NOT NULL,
  id          uuid NOT NULL,
  no          integer NOT NULL,
  firm_id     uuid NOT NULL,
  name        text NOT NULL,
  -- none: of all classes, in the whole district
  classes     text[] NOT NULL DEFAULT '{}',
  areas       text[] NOT NULL DEFAULT '{}',
  due_on      date,
  note        text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  created_by  text NOT NULL,
  -- what was asked for is there, and no more of it is expected
  accepted_at timestamptz,
  accepted_by text,
  PRIMARY KEY (district, id),
  UNIQUE (district, no),
  FOREIGN KEY (district, firm_id) REFERENCES firm (district, id)
);

ALTER TABLE delivery ADD COLUMN firm_id uuid, ADD COLUMN package_id uuid;
CREATE INDEX delivery_firm ON delivery (district, firm_id, no);
CREATE INDEX delivery_package ON delivery (district, package_id, no) WHERE package_id IS NOT NULL;

ALTER TABLE mapping_profile ADD COLUMN firm_id uuid;

-- Serials first_no to last_no of a class belong to the crew; from returned_from on they are free again.
CREATE TABLE code_allotment (
  district      text NOT NULL,
  id            uuid NOT NULL,
  crew_id       uuid NOT NULL,
  class         text NOT NULL,
  first_no      integer NOT NULL,
  last_no       integer NOT NULL,
  returned_from integer,
  allotted_at   timestamptz NOT NULL DEFAULT now(),
  allotted_by   text NOT NULL,
  PRIMARY KEY (district, id),
  FOREIGN KEY (district, crew_id) REFERENCES crew (district, id),
  CHECK (first_no >= 1 AND last_no >= first_no),
  CHECK (returned_from BETWEEN first_no AND last_no)
);
CREATE INDEX code_allotment_class ON code_allotment (district, class, first_no);
