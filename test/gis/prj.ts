/** Definitions as programs write them, for the tests of reading them. */
const CHINA_2000 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],' +
  'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const BEIJING_54 =
  'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],' +
  'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const XIAN_80 =
  'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],' +
  'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'

/** An ESRI .prj of a Gauss-Krüger system. */
function gaussKruger(
  name: string,
  base: string,
  falseEasting: number,
  meridian: number,
  unit = 'UNIT["Meter",1.0]',
): string {
  return (
    `PROJCS["${name}",${base},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",${falseEasting}],` +
    `PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}],PARAMETER["Scale_Factor",1.0],` +
    `PARAMETER["Latitude_Of_Origin",0.0],${unit}]`
  )
}

export const prj = {
  china2000: CHINA_2000,
  cm120: gaussKruger('CGCS2000_3_Degree_GK_CM_120E', CHINA_2000, 500000, 120),
  zone40: gaussKruger('CGCS2000_3_Degree_GK_Zone_40', CHINA_2000, 40500000, 120),
  /** 苏州2000: no code; meridian 120 degrees 47 minutes. */
  suzhou: gaussKruger('苏州2000坐标系', CHINA_2000, 500000, 120.78333333333333),
  /** The name says 120, the numbers 117. */
  liar: gaussKruger('CGCS2000_3_Degree_GK_CM_120E', CHINA_2000, 500000, 117),
  feet: gaussKruger('In_feet', CHINA_2000, 1640419.947506562, 120, 'UNIT["Foot",0.3048]'),
  beijing54: gaussKruger('Beijing_1954_3_Degree_GK_Zone_40', BEIJING_54, 40500000, 120),
  xian80: gaussKruger('Xian_1980_GK_Zone_40', XIAN_80, 40500000, 120),
  xian80Shifted: gaussKruger(
    'Xian 1980 with parameters',
    XIAN_80.replace('298.257]]', '298.257],TOWGS84[-100,20,30,0.5,-0.4,0.3,2]]'),
    40500000,
    120,
  ),
  local:
    'LOCAL_CS["某市独立坐标系",LOCAL_DATUM["unknown",0],UNIT["Meter",1.0],AXIS["X",EAST],AXIS["Y",NORTH]]',
  nad83:
    'GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],' +
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
  compound: `COMPD_CS["with height",${gaussKruger('CGCS2000_3_Degree_GK_CM_120E', CHINA_2000, 500000, 120)},VERT_CS["1985国家高程基准",VERT_DATUM["unknown",2005],UNIT["Meter",1.0]]]`,
} as const
