/** The part of the tiles' fixtures that the tests use; the package comes without types. */
declare module '@mapbox/mvt-fixtures' {
  export interface Fixture {
    id: string
    description: string
    buffer: Uint8Array
    validity: { v1: boolean; v2: boolean }
  }
  export function each(visit: (fixture: Fixture) => void): void
}
