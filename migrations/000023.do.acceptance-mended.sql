-- An open inspection holds the load it looks at: only a supervisor lets the delivery be loaded again, and the
-- plan is then drawn with the same seed. What a delivery brings as it was is kept beside its rows, by area and
-- class, for rates of what stands on the ground and for settlement.

ALTER TABLE inspection DROP CONSTRAINT inspection_state_check;
ALTER TABLE inspection ADD CONSTRAINT inspection_state_check CHECK (state IN ('open', 'accepted', 'returned', 'released'));

-- by area id ('' where there is none), by class: pieces, metres and square metres
ALTER TABLE batch ADD COLUMN unchanged jsonb NOT NULL DEFAULT '{}';

-- what was accepted before: unchanged things in every measure, wrong ones by what they were delivered as
UPDATE inspection SET settling = settling || jsonb_build_object(
  'unchanged', (SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('pieces', value, 'metres', 0, 'm2', 0)), '{}')
                FROM jsonb_each(settling->'unchanged')),
  'wrong', (SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('added', value)), '{}') FROM jsonb_each(settling->'wrong')))
WHERE settling IS NOT NULL;
