/** The geometry type of a feature, whether it came in a tile or not. */
import type { FeatureLike } from 'ol/Feature.js'

export const kindOf = (feature: FeatureLike): string => feature.getGeometry()?.getType() ?? ''
