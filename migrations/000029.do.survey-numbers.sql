-- The survey's own number of a component and whose number it is, kept beside a code too: a row that brings another
-- code, or its first, is known by it where it stands on the same spot.
ALTER TABLE component ADD COLUMN survey_no text;
-- The key of a row without a code says it: whose/layer#number, or layer#number where nobody is named, and then no more is known by it.
UPDATE component SET survey_no = regexp_replace(key, '^([^/]*)/.*#([^#]*)$', '\1#\2')
WHERE code IS NULL AND key ~ '^[^@/][^/]*/.*#[^#]+$';
