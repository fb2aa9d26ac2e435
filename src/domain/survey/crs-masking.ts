/** Where a definition of a coordinate system states transformation parameters, which are never shown. Pure. */

/** What stands before parameters, and they themselves: in a PROJ string, in WKT. */
export const STATED = /(\+\s*towgs84\s*=\s*|\bTOWGS84\s*\[\s*)([-+\d.,eE\s]*\d)/gi
/** Definitions that are a transformation as a whole. */
export const TRANSFORMATION =
  /helmert|molodensky|\+proj=(pipeline|affine)|BOUNDCRS|ABRIDGEDTRANSFORMATION|COORDINATEOPERATION|"(transformation|BoundCRS)"/i

/** The text without its parameters, for findings and answers. */
export const withoutParameters = (text: string): string =>
  TRANSFORMATION.test(text) ? `${/^\W*\w+/.exec(text)?.[0] ?? ''} ***` : text.replace(STATED, '$1***')
