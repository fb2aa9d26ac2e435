/**
 * One timed load in a process of its own, so that its memory can be told: what to load comes as JSON in the first
 * argument, the figures go out as one line of JSON.
 */
import { openPostgres } from '../src/core/db-pg.ts'
import { Profile } from '../src/domain/survey/schema.ts'
import { loadInto } from './survey-load.ts'

const { url, filesDir, pilot, parts, rows, profile } = JSON.parse(process.argv[2]!)
const db = openPostgres({ url })
const figures = await loadInto(db, filesDir, pilot, parts, rows, profile ? Profile.parse(profile) : null)
await db.close()
console.log(JSON.stringify({ ...figures, peakMb: process.resourceUsage().maxRSS / 1024 }))
