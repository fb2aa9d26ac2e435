/** Loaded before anything else of a thread (threads.ts): keeps what it compiles beside the packages, for the next. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// where the folder cannot be written the thread compiles as it would without
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/wangge-compiled', import.meta.url)))
