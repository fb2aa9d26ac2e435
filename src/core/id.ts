/** Ids: UUIDv7 (RFC 9562), so that rows written together lie together in an index. */
import { v7 } from 'uuid'

export const newId = (): string => v7()
