/** The part of which-polygon that the bench uses; the package comes without types. */
declare module 'which-polygon' {
  import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
  export default function whichPolygon<P>(
    areas: FeatureCollection<Polygon | MultiPolygon, P>,
  ): (position: readonly [lon: number, lat: number]) => P | null
}
