/** Smooth noise over the plane, for the bend of streets, the shore, and where a district is dense. */
import { hash } from '../random.ts'

/** A smooth field over metres with values in [-1, 1]; it changes noticeably over `waveM`. */
export type Noise = (x: number, y: number) => number

/** Value noise: chance values on a lattice of `waveM`, joined by quintic curves (Perlin 2002). */
export function noiseOf(seed: number, name: string, waveM: number): Noise {
  const salt = hash(`${seed}/noise/${name}`)
  const corner = (i: number, j: number) => {
    let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ salt
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1
  }
  return (x, y) => {
    const i = Math.floor(x / waveM)
    const j = Math.floor(y / waveM)
    const u = ease(x / waveM - i)
    const v = ease(y / waveM - j)
    const south = corner(i, j) * (1 - u) + corner(i + 1, j) * u
    const north = corner(i, j + 1) * (1 - u) + corner(i + 1, j + 1) * u
    return south * (1 - v) + north * v
  }
}

const ease = (t: number): number => t * t * t * (t * (6 * t - 15) + 10)

/** Sums octaves: each half as wide and half as strong as the one before; still within [-1, 1]. */
export function octavesOf(seed: number, name: string, waveM: number, count: number): Noise {
  const layers = Array.from({ length: count }, (_, k) => noiseOf(seed, `${name}/${k}`, waveM / 2 ** k))
  const whole = 2 - 2 ** (1 - count)
  return (x, y) => layers.reduce((sum, layer, k) => sum + layer(x, y) / 2 ** k, 0) / whole
}
