/** Foreign programs some tests need: their paths where this machine has them, and the reason of a skip where not. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** GDAL's converter, or null. */
export const ogr2ogr = find('ogr2ogr')
/** A Chromium that runs without a screen, or null. */
export const chromium = find('chromium', 'chromium-browser', 'google-chrome')

/** Named in the title of a test that cannot run without GDAL. */
export const noGdal = 'skipped: GDAL (ogr2ogr) is not installed'
/** Named in the title of a test that cannot run without a browser. */
export const noChromium = 'skipped: Chromium is not installed'

/** The first of the names that PATH knows as a program. */
function find(...names: string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  for (const path of names.flatMap(name => folders.map(folder => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not here
    }
  }
  return null
}
