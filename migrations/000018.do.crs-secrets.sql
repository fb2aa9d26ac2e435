-- Local systems keep every fit: a load says which it was read with. Transformation parameters that a profile
-- states are kept apart from it, so that nothing that shows, journals or hands on a profile can tell them.

ALTER TABLE local_crs
  ADD COLUMN version  integer NOT NULL DEFAULT 1,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_by text;
ALTER TABLE local_crs DROP CONSTRAINT local_crs_pkey;
ALTER TABLE local_crs ADD PRIMARY KEY (district, name, version);

-- the fit of the local system that the last load was read with
ALTER TABLE delivery ADD COLUMN crs_version integer;

CREATE TABLE crs_parameters (
  district  text NOT NULL REFERENCES district (code),
  no        integer NOT NULL,
  -- as they were stated; a profile says #NO in their place
  stated    text NOT NULL,
  stated_by text NOT NULL,
  stated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, no)
);

-- what was stated before is taken out of profiles and of the journal
CREATE TEMPORARY TABLE stated_before ON COMMIT DROP AS
  SELECT district, stated, row_number() OVER (PARTITION BY district ORDER BY stated)::int AS no FROM (
    SELECT DISTINCT district, (regexp_match(crs, 'towgs84\s*[=\[]\s*([-+0-9.,eE ]*[0-9])', 'i'))[1] AS stated FROM (
      SELECT district, profile->>'crs' AS crs FROM mapping_profile
      UNION ALL SELECT district, profile->>'crs' FROM delivery
      UNION ALL SELECT district, data->'profile'->>'crs' FROM journal WHERE kind = 'profile.saved') p) s
  WHERE stated IS NOT NULL;
INSERT INTO crs_parameters (district, no, stated, stated_by) SELECT district, no, stated, 'migration' FROM stated_before;
UPDATE mapping_profile m SET profile = jsonb_set(m.profile, '{crs}', to_jsonb(replace(m.profile->>'crs', s.stated, '#' || s.no)))
  FROM stated_before s WHERE s.district = m.district AND position(s.stated IN m.profile->>'crs') > 0;
UPDATE delivery d SET profile = jsonb_set(d.profile, '{crs}', to_jsonb(replace(d.profile->>'crs', s.stated, '#' || s.no)))
  FROM stated_before s WHERE s.district = d.district AND position(s.stated IN d.profile->>'crs') > 0;
UPDATE journal j SET data = jsonb_set(j.data, '{profile,crs}', to_jsonb(replace(j.data->'profile'->>'crs', s.stated, '#' || s.no)))
  FROM stated_before s WHERE s.district = j.district AND j.kind = 'profile.saved'
    AND position(s.stated IN j.data->'profile'->>'crs') > 0;
