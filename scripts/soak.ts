/** What is too long for every change: `npm run soak` lists what there is, `npm run soak NAME` runs one. */
import { measure } from './measurement.ts'

process.exitCode = await measure('soak', new URL('./soak/', import.meta.url), process.argv.slice(2))
