/** A column name as names are compared: without case, blanks, underscores and full-width forms. Pure. */
export const plainName = (name: string): string => name.normalize('NFKC').replace(/[\s_]/g, '').toUpperCase()
