-- What kinds of data a package asks for: components, and where the office says so unit grids or addresses.
ALTER TABLE package
  ADD COLUMN kinds text[] NOT NULL DEFAULT '{components}'
    CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['components', 'unit-grids', 'addresses']);
