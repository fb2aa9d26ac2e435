-- The files of a delivery as they arrived: whose, how long, and the checksum that proves them.

CREATE TABLE delivery_file (
  district    text NOT NULL,
  delivery_id uuid NOT NULL,
  name        text NOT NULL,
  bytes       bigint NOT NULL,
  sha256      text NOT NULL,
  -- the resumable upload it came by: one that is written here has landed, whatever happened after
  upload_id   uuid,
  sent_by     text NOT NULL,
  sent_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, delivery_id, name),
  FOREIGN KEY (district, delivery_id) REFERENCES delivery (district, id)
);
CREATE UNIQUE INDEX delivery_file_upload ON delivery_file (district, upload_id);

-- Photos: each content once, and which delivery brought it under which names, for which components. A photo is seen
-- when its delivery is published. Rows and bytes go when the delivery comes to nothing and nobody else brought the same.

CREATE TABLE photo (
  district text NOT NULL REFERENCES district (code),
  sha256   text NOT NULL,
  bytes    bigint NOT NULL,
  kind     text NOT NULL CHECK (kind IN ('image/jpeg', 'image/png', 'image/heic')),
  -- where the camera says it stood (EXIF, WGS 84)
  lon      double precision,
  lat      double precision,
  PRIMARY KEY (district, sha256)
);

-- deliveries that brought photos
CREATE TABLE photo_set (
  district    text NOT NULL,
  delivery_id uuid NOT NULL,
  PRIMARY KEY (district, delivery_id),
  FOREIGN KEY (district, delivery_id) REFERENCES delivery (district, id)
);

CREATE TABLE photo_file (
  district    text NOT NULL,
  delivery_id uuid NOT NULL,
  no          integer NOT NULL,
  name        text NOT NULL,
  -- the name as it is compared, without its last ending, and without the one before
  stem        text NOT NULL,
  base        text NOT NULL,
  root        text NOT NULL,
  -- absent: it was no whole photo
  sha256      text,
  PRIMARY KEY (district, delivery_id, no)
);
CREATE INDEX photo_file_stem ON photo_file (district, delivery_id, stem);
CREATE INDEX photo_file_base ON photo_file (district, delivery_id, base);
CREATE INDEX photo_file_root ON photo_file (district, delivery_id, root);
CREATE INDEX photo_file_sha256 ON photo_file (district, sha256);

-- what the rows of a delivery say of their pictures: by name, by code, by the survey's own number
CREATE TABLE photo_row (
  district     text NOT NULL,
  delivery_id  uuid NOT NULL,
  no           integer NOT NULL,
  key          text NOT NULL,
  how          text NOT NULL CHECK (how IN ('picture', 'code', 'source')),
  -- absent: the row was refused
  component_id uuid,
  file_no      smallint NOT NULL,
  row_no       integer NOT NULL,
  field        text,
  west         double precision,
  south        double precision,
  east         double precision,
  north        double precision,
  PRIMARY KEY (district, delivery_id, no)
);
CREATE INDEX photo_row_key ON photo_row (district, delivery_id, key);
CREATE INDEX photo_row_component ON photo_row (district, delivery_id, component_id);

CREATE TABLE component_photo (
  district     text NOT NULL,
  component_id uuid NOT NULL,
  delivery_id  uuid NOT NULL,
  no           integer NOT NULL,
  PRIMARY KEY (district, component_id, delivery_id, no)
);
CREATE INDEX component_photo_file ON component_photo (district, delivery_id, no);

-- bytes to be removed: a kill between the two is made good at the next start
CREATE TABLE photo_gone (
  district text NOT NULL,
  sha256   text NOT NULL,
  PRIMARY KEY (district, sha256)
);
