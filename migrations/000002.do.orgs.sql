-- Units (what answers), persons (who), accounts (who may sign in). A person may hold posts without an account.

CREATE TABLE unit (
  district   text NOT NULL REFERENCES district (code),
  id         uuid NOT NULL,
  -- 18-character unified social credit code, or whatever code the district uses
  code       text,
  name       text NOT NULL,
  short_name text,
  kind       text NOT NULL,
  aliases    text[] NOT NULL DEFAULT '{}',
  parent_id  uuid,
  valid_from date,
  valid_to   date,
  PRIMARY KEY (district, id),
  UNIQUE (district, code),
  UNIQUE (district, name)
);

CREATE TABLE person (
  district   text NOT NULL REFERENCES district (code),
  id         uuid NOT NULL,
  name       text NOT NULL,
  phone      text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, id)
);

CREATE TABLE account (
  id            uuid PRIMARY KEY,
  name          text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  person_district text,
  person_id     uuid,
  must_change   boolean NOT NULL DEFAULT true,
  failures      integer NOT NULL DEFAULT 0,
  locked_until  timestamptz,
  disabled_at   timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (person_district, person_id) REFERENCES person (district, id)
);

-- A role held in one district, or in all ('*').
CREATE TABLE account_role (
  account_id uuid NOT NULL REFERENCES account (id),
  district   text NOT NULL DEFAULT '*',
  role       text NOT NULL,
  PRIMARY KEY (account_id, district, role)
);

CREATE TABLE session (
  -- sha-256 of the cookie's token: the table alone lets nobody in
  token_hash text PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
