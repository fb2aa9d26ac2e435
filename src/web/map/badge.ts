/** Draws class signs on canvases, once each, for the map's high zooms. */
import Icon from 'ol/style/Icon.js'
import { signOf } from '../parts/symbols.ts'
import type { Palette } from './palette.ts'

/** A sign as a map icon, `sizePx` wide on screen, crisp on dense displays. */
export function badge(code: string, name: string, sizePx: number, ink: Palette): Icon {
  const dense = Math.max(1, Math.ceil(devicePixelRatio))
  const side = Math.ceil(sizePx * dense)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side
  const pen = canvas.getContext('2d')!
  pen.scale(side / 28, side / 28)
  pen.translate(2, 2)
  const sign = signOf(code, name)
  const outline = new Path2D(sign.outline)
  pen.lineJoin = 'round'
  pen.lineCap = 'round'
  pen.strokeStyle = ink.land
  pen.lineWidth = 3.4
  pen.stroke(outline)
  pen.fillStyle = ink.red
  pen.fill(outline)
  if ('path' in sign.glyph) {
    pen.lineWidth = 2
    pen.stroke(new Path2D(sign.glyph.path))
  } else {
    pen.fillStyle = ink.land
    pen.font = `700 12.5px ${ink.font}`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(sign.glyph.text, 12, 12.6)
  }
  return new Icon({ img: canvas, size: [side, side], scale: 1 / dense })
}
