-- A city's own plane systems, tied to a national one by four parameters that were fitted to control points.
-- Parameters and points are secret: the points are not kept, the parameters are used and never shown.

CREATE TABLE local_crs (
  district   text NOT NULL REFERENCES district (code),
  name       text NOT NULL,
  -- the national system it is tied to, e.g. EPSG:4549
  base       text NOT NULL,
  parameters double precision[] NOT NULL,
  points     integer NOT NULL,
  rms_m      double precision,
  max_m      double precision NOT NULL,
  fitted_by  text NOT NULL,
  fitted_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (district, name)
);
