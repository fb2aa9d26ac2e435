/** The ring around what is chosen on a small map, the same on all of them. */
import { Circle, Fill, Stroke, Style } from 'ol/style.js'
import { fade, type Palette } from './palette.ts'

export const chosenRing = (ink: Palette): Style =>
  new Style({
    image: new Circle({
      radius: 17 * ink.scale,
      fill: new Fill({ color: fade(ink.accent, 0.2) }),
      stroke: new Stroke({ color: ink.accent, width: 2.5 * ink.scale }),
    }),
    zIndex: 3,
  })
