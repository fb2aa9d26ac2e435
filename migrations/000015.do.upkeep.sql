-- Upkeep: requests to change single components, keys that came to an end by one, plates, reports from the street,
-- and new works that a builder hands over.

-- where a batch's rows come from: a survey's files, decided requests, a handover
ALTER TABLE batch ADD COLUMN source text NOT NULL DEFAULT 'delivery' CHECK (source IN ('delivery', 'upkeep', 'handover'));

-- 变更申请
CREATE TABLE change_request (
  district     text NOT NULL REFERENCES district (code),
  id           uuid NOT NULL,
  no           integer NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('add', 'move', 'reclass', 'edit', 'merge', 'scrap', 'restore')),
  state        text NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn', 'overtaken')),
  component_id uuid NOT NULL,
  -- of a merge: the one that stays
  survivor_id  uuid,
  -- the batch of the component's row it was made on: another row since then overtakes it
  base_batch   integer,
  -- what is asked, and the component before and after it, as data
  change       jsonb NOT NULL,
  before       jsonb,
  after        jsonb,
  reason       text NOT NULL,
  photos       text[] NOT NULL DEFAULT '{}',
  findings     jsonb NOT NULL DEFAULT '[]',
  proposed_at  timestamptz NOT NULL DEFAULT now(),
  proposed_by  text NOT NULL,
  -- who made it or looked at it again after it was overtaken: none of them decides it
  proposers    text[] NOT NULL,
  decided_at   timestamptz,
  decided_by   text,
  decision     text,
  version      integer,
  batch_no     integer,
  PRIMARY KEY (district, id),
  UNIQUE (district, no)
);
CREATE INDEX change_request_state ON change_request (district, state, no);
CREATE INDEX change_request_component ON change_request (district, component_id);

-- A key under which no survey should know a thing any more, and what became of the thing. A survey that brings
-- it again is told so.
CREATE TABLE retired_key (
  district     text NOT NULL REFERENCES district (code),
  key          text NOT NULL,
  version      integer NOT NULL,
  component_id uuid NOT NULL,
  reason       text NOT NULL CHECK (reason IN ('scrapped', 'merged', 'recoded')),
  -- the component that has its place: the survivor of a merge, itself after another code was given
  survivor_id  uuid,
  request_no   integer NOT NULL,
  retired_on   date NOT NULL,
  PRIMARY KEY (district, key, version)
);
CREATE INDEX retired_key_component ON retired_key (district, component_id);
CREATE INDEX retired_key_survivor ON retired_key (district, survivor_id) WHERE survivor_id IS NOT NULL;

-- What people in the street are told: nothing, until the district turns it on.
CREATE TABLE plate_policy (
  district    text PRIMARY KEY REFERENCES district (code),
  public_page boolean NOT NULL DEFAULT false,
  hotline     text
);

-- 二维码牌: the token on the plate, which nobody can guess, stands for the component.
CREATE TABLE plate (
  district     text NOT NULL REFERENCES district (code),
  token        text NOT NULL UNIQUE,
  component_id uuid NOT NULL,
  issued_at    timestamptz NOT NULL DEFAULT now(),
  issued_by    text NOT NULL,
  voided_at    timestamptz,
  PRIMARY KEY (district, token)
);
CREATE UNIQUE INDEX plate_component ON plate (district, component_id) WHERE voided_at IS NULL;

-- 问题上报 on one component
CREATE TABLE component_report (
  district     text NOT NULL REFERENCES district (code),
  id           uuid NOT NULL,
  no           integer NOT NULL,
  component_id uuid NOT NULL,
  kind         text NOT NULL,
  text         text NOT NULL,
  photo        text,
  lon          double precision,
  lat          double precision,
  -- only for asking back, and forgotten when the report is closed
  phone        text,
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  reported_at  timestamptz NOT NULL DEFAULT now(),
  -- null: somebody in the street
  reported_by  text,
  closed_at    timestamptz,
  closed_by    text,
  answer       text,
  PRIMARY KEY (district, id),
  UNIQUE (district, no)
);
CREATE INDEX component_report_state ON component_report (district, state, no);

-- 新建移交: new works that come as a delivery, and who answers for them from when.
CREATE TABLE handover (
  district       text NOT NULL REFERENCES district (code),
  id             uuid NOT NULL,
  no             integer NOT NULL,
  name           text NOT NULL,
  builder        text NOT NULL,
  owner_id       uuid NOT NULL,
  maintainer_id  uuid NOT NULL,
  -- the day from which owner and maintainer answer; until then, and before acceptance, the builder does
  handover_on    date NOT NULL,
  warranty_until date,
  note           text,
  state          text NOT NULL CHECK (state IN ('announced', 'accepted', 'transferred', 'withdrawn')),
  delivery_id    uuid,
  announced_at   timestamptz NOT NULL DEFAULT now(),
  announced_by   text NOT NULL,
  decided_at     timestamptz,
  decided_by     text,
  decision       text,
  transferred_at timestamptz,
  components     integer,
  PRIMARY KEY (district, id),
  UNIQUE (district, no)
);
CREATE UNIQUE INDEX handover_delivery ON handover (district, delivery_id) WHERE delivery_id IS NOT NULL;
