/**
 * Every file of the shared data's odd and broken ones, each as a delivery of its own, read in a child: it ends in
 * rows or a named finding, within a bound of time and memory, and leaves nothing on the disk.
 */
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Told } from '../../../../scripts/fuzz-reader.ts'
import { faultOf, openReader, type Reader, readPaths } from '../../../../scripts/fuzz-run.ts'
import { noData, sharedData } from '../../../support/shared.ts'
import { ogr2ogr } from '../../../support/tools.ts'

const folders = ['formats', 'derived_suzhou']
const paths = sharedData
  ? folders
      .flatMap(folder =>
        readdirSync(join(sharedData!, folder), { recursive: true, withFileTypes: true })
          .filter(entry => entry.isFile())
          .map(entry => join(entry.parentPath, entry.name)),
      )
      .sort()
  : []
const nameOf = (path: string) => path.slice(sharedData!.length)

describe.skipIf(!sharedData)(`every file of the shared formats${sharedData ? '' : ` (${noData})`}`, () => {
  let home: string
  let reader: Reader
  const ends = new Map<string, Told & { ms: number }>()
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'shared-formats-'))
    reader = openReader(join(home, 'tmp'))
  })
  afterAll(async () => {
    await reader.end()
    await rm(home, { recursive: true, force: true })
  })

  it('ends in rows or a named finding, in bounded time and memory, and leaves nothing', {
    timeout: 240_000,
  }, async () => {
    const faults: string[] = []
    for (const [n, path] of paths.entries()) {
      const { told, ms, left } = await readPaths([path], reader, join(home, String(n)))
      const fault =
        told.fault.includes('neither rows nor a finding') && isIndex(path) ? null : faultOf(told, left)
      if (fault) faults.push(`${nameOf(path)}: ${fault}`)
      ends.set(nameOf(path), { ...told, ms })
      await rm(join(home, String(n)), { recursive: true, force: true })
    }
    expect(faults).toEqual([])
    expect(ends.size).toBeGreaterThan(250)
  })

  it('gives the rows that good ones hold', () => {
    const rowsOf = (name: string) => ends.get(name)?.rows
    expect(rowsOf('formats/nts_shapefile/chinese_encoding.shp')).toBe(78)
    expect(rowsOf('derived_suzhou/suzhou_cgcs2000_gbk_nocpg.zip')).toBe(9)
    expect(rowsOf('derived_suzhou/suzhou_attrs.xlsx')).toBe(9)
    if (ogr2ogr) {
      expect(rowsOf('derived_suzhou/suzhou_cgcs2000.tab')).toBe(9)
      expect(rowsOf('derived_suzhou/suzhou_cgcs2000_zone40.dxf')).toBeGreaterThan(0)
    }
    expect([...ends.values()].filter(end => end.end === 'rows').length).toBeGreaterThan(100)
  })

  it('says of broken ones what is wrong with them', () => {
    const codesOf = (name: string) => ends.get(name)?.codes
    expect(codesOf('formats/shapefile-js/badzip.zip')).toContain('file.not-zip')
    expect(codesOf('formats/shapefile-js/noshp.zip')).toContain('file.part-missing')
    expect(codesOf('formats/gdal_autotest/shp/empty.shp')).toContain('file.no-rows')
    expect(codesOf('formats/gdal_autotest/gpkg/domains.gpkg')).toContain('file.no-rows')
    expect(ends.get('formats/shapefile-js/bad.shp')!.codes).toContainEqual(expect.stringMatching(/^file\./))
  })
})

/** What belongs to another file and says nothing alone is passed over in silence when it comes with it. */
const isIndex = (path: string): boolean => /\.(sbn|sbx|qix|qpj|csvt|idm|ind|shp\.xml)$/i.test(path)
