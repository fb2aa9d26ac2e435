-- The one log. journal.no is per district, gapless and in commit order: it is drawn from a counter row
-- as the transaction's last statement (core/journal.ts). District '000000' is the installation itself.

CREATE TABLE district (
  code            text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
  name            text NOT NULL,
  demo            boolean NOT NULL DEFAULT false,
  classification  text NOT NULL DEFAULT '内部资料',
  -- whether a load counts at once ('none') or waits for somebody else ('second-person')
  approval        text NOT NULL DEFAULT 'none' CHECK (approval IN ('none', 'second-person')),
  grid_code_profile      text NOT NULL DEFAULT 'cjj14',
  component_code_profile text NOT NULL DEFAULT 'cjt16',
  dictionary_id   text NOT NULL DEFAULT 'cjt214-2007',
  created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE journal_counter (
  district text PRIMARY KEY,
  no       bigint NOT NULL
);

CREATE TABLE journal (
  district text NOT NULL,
  no       bigint NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  kind     text NOT NULL,
  actor    text NOT NULL,
  data     jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (district, no)
);
CREATE INDEX journal_kind ON journal (district, kind, no);

-- Facts about this installation that are not configuration (its id, whether the demo was loaded).
CREATE TABLE installation (
  name  text PRIMARY KEY,
  value jsonb NOT NULL
);
