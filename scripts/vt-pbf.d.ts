/** The part of vt-pbf that the bench uses; the package's own types are for another geojson-vt. */
declare module 'vt-pbf' {
  const vtPbf: {
    fromGeojsonVt(
      layers: Record<string, unknown>,
      options?: { version?: number; extent?: number },
    ): Uint8Array
  }
  export default vtPbf
}
