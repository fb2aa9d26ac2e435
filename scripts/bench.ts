/** Measures us against a peer in the same run: `npm run bench` lists what there is, `npm run bench NAME` runs one. */
import { measure } from './measurement.ts'

process.exitCode = await measure('bench', new URL('./bench/', import.meta.url), process.argv.slice(2))
