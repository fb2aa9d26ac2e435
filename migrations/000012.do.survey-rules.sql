-- The check rules of the intake as a district tunes them: every change is a version with who and when. What a
-- version does not say is as the code has it; a district without a version has the rules of the code (no 0).

CREATE TABLE survey_rules (
  district   text NOT NULL REFERENCES district (code),
  no         integer NOT NULL,
  rules      jsonb NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, no)
);

-- the version a load was checked with; null before it was
ALTER TABLE delivery ADD COLUMN rules_no integer;
