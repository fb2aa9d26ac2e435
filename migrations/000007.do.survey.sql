-- Deliveries: what contractors send, what was found in it, what became of it.

CREATE TABLE delivery (
  district     text NOT NULL REFERENCES district (code),
  id           uuid NOT NULL,
  no           integer NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('grids', 'components', 'addresses', 'places', 'units', 'classes')),
  name         text NOT NULL,
  contractor   text,
  state        text NOT NULL CHECK (state IN ('received', 'loading', 'checked', 'published', 'failed', 'cancelled', 'rejected')),
  profile      jsonb,
  options      jsonb NOT NULL DEFAULT '{}',
  progress     jsonb NOT NULL DEFAULT '{}',
  counts       jsonb NOT NULL DEFAULT '{}',
  files        jsonb NOT NULL DEFAULT '[]',
  findings     jsonb NOT NULL DEFAULT '{}',
  batch_no     integer,
  version      integer,
  -- the process that loads it says it is alive; a load whose process is silent counts as interrupted
  heard_at     timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  created_by   text NOT NULL,
  decided_at   timestamptz,
  decided_by   text,
  reason       text,
  PRIMARY KEY (district, id),
  UNIQUE (district, no)
);

CREATE TABLE finding (
  district    text NOT NULL,
  delivery_no integer NOT NULL,
  no          integer NOT NULL,
  code        text NOT NULL,
  severity    text NOT NULL,
  file        text NOT NULL,
  row_no      integer,
  field       text,
  value       text,
  detail      jsonb,
  lon         double precision,
  lat         double precision,
  PRIMARY KEY (district, delivery_no, no)
);
CREATE INDEX finding_code ON finding (district, delivery_no, code, no);

CREATE TABLE mapping_profile (
  district   text NOT NULL REFERENCES district (code),
  name       text NOT NULL,
  kind       text NOT NULL,
  profile    jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  PRIMARY KEY (district, name)
);
