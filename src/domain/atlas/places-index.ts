/** Addresses and places of a district in memory: found by text, by nearness, and drawn as the base map. */
import Flatbush from 'flatbush'
import { type Bbox, bboxOf, type LonLat } from '../../../gis/geometry.ts'
import { haversineM } from '../../../gis/measure.ts'
import { bboxAround } from '../../../gis/nearest.ts'
import { type FeatureTiles, featureTiles } from '../../../tiles/features.ts'
import type { Reader } from '../../core/db.ts'
import { scopeOf } from '../orgs/rules.ts'
import { describePosition } from '../places/rules.ts'
import type { Place } from '../places/schema.ts'
import { eachAddress, eachPlace } from '../places/store.ts'
import { textIndex } from '../places/text-index.ts'
import { pointOn } from './anchor.ts'
import { distanceTo } from './distance.ts'
import { DEEPEST_TILE } from './schema.ts'

/** How far an address may be to be told. */
const ADDRESS_WITHIN_DEGREES = 0.006

export interface PlaceIndex {
  countAddresses(seen?: (lonLat: LonLat) => boolean): number
  /** @param seen whether a position may be told; all where absent */
  search(
    text: string,
    limit: number,
    seen?: (lonLat: LonLat) => boolean,
  ): {
    addresses: { text: string; lonLat: LonLat }[]
    places: { name: string; kind: string; class: string | null; lonLat: LonLat; bbox: readonly number[] }[]
  }
  /** A position in words, with the address it leans on. */
  describe(
    lon: number,
    lat: number,
    lang: 'zh' | 'en',
  ): { text: string | null; address: string | null; distanceM: number | null }
  /** Addresses and named places within a distance, in any order. */
  near(lon: number, lat: number, radiusM: number): { addresses: NearAddress[]; places: NearPlace[] }
  /** All addresses as they came. */
  addresses: readonly Entry[]
  /** Layers water, block, street, poi, address. */
  tiles(): FeatureTiles
}

interface Entry {
  text: string
  lonLat: LonLat
}

export interface NearAddress extends Entry {
  distanceM: number
}
export interface NearPlace {
  place: Place
  lonLat: LonLat
  bbox: Bbox
  /** 0 inside it. */
  distanceM: number
}

export async function buildPlaceIndex(db: Reader, district: string): Promise<PlaceIndex> {
  const scope = scopeOf(district)
  const addresses: Entry[] = []
  await eachAddress(db, scope, ({ text, lonLat }) => addresses.push({ text, lonLat }))
  const places: Place[] = []
  await eachPlace(db, scope, place => places.push(place))
  return placeIndex(addresses, places)
}

export function placeIndex(addresses: readonly Entry[], places: readonly Place[]): PlaceIndex {
  const addressText = textIndex(addresses)
  const named = places.filter(place => place.name !== null).map(place => ({ text: place.name!, place }))
  const placeText = textIndex(named)
  const addressTree = tree(addresses.map(({ lonLat }) => [lonLat[0], lonLat[1], lonLat[0], lonLat[1]]))
  const streets = named.filter(({ place }) => place.kind === 'street')
  const streetTree = tree(streets.map(({ place }) => bboxOf(place.geometry)))
  const placeTree = tree(named.map(({ place }) => bboxOf(place.geometry)))
  let cut: FeatureTiles | null = null

  const nearestAddress = (lon: number, lat: number) => {
    // degrees of longitude are shorter: ask for a few and measure them
    const some = addressTree?.neighbors(lon, lat, 12, ADDRESS_WITHIN_DEGREES) ?? []
    return closest(
      some.map(i => ({ ...addresses[i]!, distanceM: haversineM(lon, lat, ...addresses[i]!.lonLat) })),
    )
  }
  const nearestStreet = (lon: number, lat: number) => {
    const reach = 0.0008
    const some = streetTree?.search(lon - reach, lat - reach, lon + reach, lat + reach) ?? []
    return closest(
      some.map(i => ({
        name: streets[i]!.text,
        distanceM: distanceTo(streets[i]!.place.geometry, lon, lat),
      })),
    )
  }
  return {
    countAddresses: seen => (seen ? addresses.filter(({ lonLat }) => seen(lonLat)).length : addresses.length),
    search: (text, limit, seen = () => true) => ({
      addresses: addressText
        .search(text, { limit, keep: ({ lonLat }) => seen(lonLat) })
        .map(({ entry }) => ({ text: entry.text, lonLat: entry.lonLat })),
      places: oncePerName(
        placeText
          .search(text, { limit: limit * 8, keep: ({ place }) => seen(pointOn(place.geometry)) })
          .map(({ entry }) => entry.place),
      )
        .slice(0, limit)
        .map(place => ({
          name: place.name!,
          kind: place.kind,
          class: place.class,
          lonLat: pointOn(place.geometry),
          bbox: bboxOf(place.geometry),
        })),
    }),
    describe(lon, lat, lang) {
      const address = nearestAddress(lon, lat)
      const street = nearestStreet(lon, lat)
      const text = describePosition(
        { address: address && { ...address, bearingDeg: bearing(address.lonLat, lon, lat) }, street },
        lang,
      )
      return { text, address: address?.text ?? null, distanceM: address?.distanceM ?? null }
    },
    near(lon, lat, radiusM) {
      const box = bboxAround(lon, lat, radiusM)
      const within = <T extends { distanceM: number }>(some: T[]) =>
        some.filter(each => each.distanceM <= radiusM)
      return {
        addresses: within(
          (addressTree?.search(...box) ?? []).map(i => ({
            ...addresses[i]!,
            distanceM: haversineM(lon, lat, ...addresses[i]!.lonLat),
          })),
        ),
        places: within(
          (placeTree?.search(...box) ?? []).map(i => {
            const { place } = named[i]!
            return {
              place,
              lonLat: pointOn(place.geometry),
              bbox: bboxOf(place.geometry),
              distanceM: distanceTo(place.geometry, lon, lat),
            }
          }),
        ),
      }
    },
    addresses,
    tiles: () => (cut ??= baseTiles(places, addresses)),
  }
}

function tree(boxes: readonly (readonly number[])[]): Flatbush | null {
  if (boxes.length === 0) return null
  const index = new Flatbush(boxes.length)
  for (const [west, south, east, north] of boxes) index.add(west!, south!, east, north)
  index.finish()
  return index
}

const closest = <T extends { distanceM: number }>(some: T[]): T | null =>
  some.reduce<T | null>((best, one) => (best === null || one.distanceM < best.distanceM ? one : best), null)

/** A street is many pieces of one name: the first found stands for it. */
function oncePerName(places: Place[]): Place[] {
  const seen = new Set<string>()
  return places.filter(place => {
    const key = `${place.kind} ${place.name}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Degrees from north over east, from the thing to the position. */
function bearing(from: LonLat, lon: number, lat: number): number {
  const dx = (lon - from[0]) * Math.cos((lat * Math.PI) / 180)
  return (Math.atan2(dx, lat - from[1]) * 180) / Math.PI
}

function baseTiles(places: readonly Place[], addresses: readonly Entry[]): FeatureTiles {
  const layer = (kind: Place['kind'], properties: (place: Place) => Record<string, string>) =>
    places
      .filter(place => place.kind === kind)
      .map(place => ({ geometry: place.geometry, properties: properties(place) }))
  const words = (place: Place) => ({
    ...(place.name ? { name: place.name } : {}),
    ...(place.class ? { class: place.class, kind: place.class } : {}),
  })
  return featureTiles(
    {
      water: layer('water', words),
      block: layer('block', words),
      street: layer('street', words),
      poi: layer('poi', words),
      address: addresses.map(({ text, lonLat }) => ({
        geometry: { type: 'Point' as const, coordinates: [lonLat[0], lonLat[1]] },
        properties: { text },
      })),
    },
    { maxZoom: DEEPEST_TILE, minZoomOf: { address: 16, poi: 13 } },
  )
}
