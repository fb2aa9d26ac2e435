-- 单元网格: the fine net below the areas, a layer of its own. It shares the table of grids as level 4, in generations
-- of its own, so that loading it places no component anew and overtakes no batch that waits.

ALTER TABLE delivery DROP CONSTRAINT delivery_kind_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_kind_check
  CHECK (kind IN ('grids', 'unit-grids', 'components', 'addresses', 'places', 'units', 'classes'));

ALTER TABLE grid DROP CONSTRAINT grid_level_check;
ALTER TABLE grid ADD CONSTRAINT grid_level_check CHECK (level BETWEEN 0 AND 4);

ALTER TABLE grid_generation ADD COLUMN layer text NOT NULL DEFAULT 'net' CHECK (layer IN ('net', 'units'));
