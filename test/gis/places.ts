/** Positions where a system is used: around its central meridian, or all over China. */
export function placesAround(centralMeridian: number | null): [lon: number, lat: number][] {
  const middle = centralMeridian ?? 110
  const reach = centralMeridian === null ? 25 : 3.2
  const list: [number, number][] = []
  for (let i = -4; i <= 4; i++) {
    for (let lat = 18; lat <= 53; lat += 5.03) list.push([middle + (i * reach) / 4, lat])
  }
  return list
}
