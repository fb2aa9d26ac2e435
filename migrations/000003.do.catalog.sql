-- Class dictionaries: versioned data. A district's dictionary names the one it extends.

CREATE TABLE dictionary (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  district   text REFERENCES district (code),
  base_id    text REFERENCES dictionary (id),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE component_class (
  dictionary_id text NOT NULL REFERENCES dictionary (id),
  code          text NOT NULL,
  name          text NOT NULL,
  name_en       text NOT NULL,
  -- geometry kinds allowed: subset of {point, line, polygon}
  geometry      text[] NOT NULL,
  sensitive     boolean NOT NULL DEFAULT false,
  aliases       text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (dictionary_id, code)
);
