-- Where things are in words: addresses (points) and named places (streets, waters, blocks, points of interest).

CREATE TABLE address (
  district    text NOT NULL REFERENCES district (code),
  id          uuid NOT NULL,
  delivery_no integer NOT NULL,
  row_no      integer NOT NULL,
  text        text NOT NULL,
  geom        geometry(Geometry, 4490) NOT NULL,
  content     bigint NOT NULL,
  PRIMARY KEY (district, delivery_no, id)
);

CREATE TABLE place (
  district    text NOT NULL REFERENCES district (code),
  id          uuid NOT NULL,
  delivery_no integer NOT NULL,
  row_no      integer NOT NULL,
  -- street, water, block, poi
  kind        text NOT NULL,
  -- the source's finer word: arterial, lane, river, residential, school ...
  class       text,
  name        text,
  geom        geometry(Geometry, 4490) NOT NULL,
  content     bigint NOT NULL,
  PRIMARY KEY (district, delivery_no, id)
);
