-- Whose a mapping profile is, and whose the transformation parameters are that somebody stated: a firm's (firm_id), an
-- account's that works for none (owner), or the district's (neither).

ALTER TABLE mapping_profile ADD COLUMN owner text;
ALTER TABLE crs_parameters
  ADD COLUMN firm_id uuid,
  ADD COLUMN owner   text,
  -- the delivery that was looked into with them and not loaded yet; the next look forgets them
  ADD COLUMN draft_of uuid;
CREATE INDEX crs_parameters_draft ON crs_parameters (district, draft_of) WHERE draft_of IS NOT NULL;

-- a number is given once, so that an old profile cannot come to mean other parameters
ALTER TABLE district ADD COLUMN last_crs_parameters integer NOT NULL DEFAULT 0;
UPDATE district d SET last_crs_parameters = coalesce((SELECT max(no) FROM crs_parameters p WHERE p.district = d.code), 0);

-- what was saved or stated by an account that is a contractor's and nothing else is not the district's
CREATE TEMPORARY TABLE outside ON COMMIT DROP AS
  SELECT d.code AS district, 'account:' || a.name AS actor, f.firm_id
  FROM district d CROSS JOIN account a
  LEFT JOIN firm_account f ON f.district = d.code AND f.account_id = a.id
  WHERE EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = a.id AND r.role = 'contractor')
    AND NOT EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = a.id AND r.role <> 'contractor');
UPDATE mapping_profile m SET owner = m.updated_by FROM outside o
  WHERE m.firm_id IS NULL AND o.district = m.district AND o.actor = m.updated_by;
UPDATE crs_parameters p SET firm_id = o.firm_id, owner = CASE WHEN o.firm_id IS NULL THEN p.stated_by END FROM outside o
  WHERE o.district = p.district AND o.actor = p.stated_by;
-- nobody knows who stated those that were found in profiles: who reaches all may use them on
UPDATE crs_parameters SET owner = stated_by WHERE stated_by = 'migration';
