/** The tokens of tokens.css as the map's canvas needs them; replaced when light turns to dark. */
import { nextTick, shallowRef, watch } from 'vue'
import { dark } from '../stores/settings.ts'

export interface Palette {
  ground: string
  land: string
  panel: string
  water: string
  waterInk: string
  street: string
  streetFill: string
  block: string
  blockGreen: string
  ink: string
  muted: string
  accent: string
  red: string
  green: string
  amber: string
  crimson: string
  hues: readonly string[]
  font: string
  /** Root font size over 16 px: 1 at the desk, 2 on a wall. */
  scale: number
}

function read(): Palette {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    ground: token('ground'),
    land: token('land'),
    panel: token('panel'),
    water: token('water'),
    waterInk: token('water-ink'),
    street: token('street'),
    streetFill: token('street-fill'),
    block: token('block'),
    blockGreen: token('block-green'),
    ink: token('ink'),
    muted: token('muted'),
    accent: token('accent'),
    red: token('red'),
    green: token('green'),
    amber: token('amber'),
    crimson: token('crimson'),
    hues: [0, 1, 2, 3, 4, 5].map(i => token(`hue-${i}`)),
    font: token('font'),
    scale: Number.parseFloat(style.fontSize) / 16,
  }
}

export const palette = shallowRef<Palette>(read())
const renew = (): void => {
  palette.value = read()
}
watch(dark, () => nextTick(renew))
addEventListener('resize', () => {
  if (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 !== palette.value.scale)
    renew()
})

/** The colour between two hex colours: 0 = the first. Solid, so that lines drawn twice stay as they are. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [Number.parseInt(from.slice(1), 16), Number.parseInt(to.slice(1), 16)]
  const channel = (shift: number): number =>
    Math.round(((a >> shift) & 255) * (1 - share) + ((b >> shift) & 255) * share)
  return `rgb(${channel(16)}, ${channel(8)}, ${channel(0)})`
}

/** A hex colour with an alpha of 0..1. */
export function fade(hex: string, alpha: number): string {
  const value = Number.parseInt(hex.slice(1), 16)
  return `rgba(${(value >> 16) & 255}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`
}
